// API resources with their scopes, and one-time tokens.
import { createManagementApi } from '@logto/api/management';

const api = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function resourceWithScopes(indicator: string, scopes: Record<string, string>) {
  const { data: resource } = await api.apiClient.POST('/api/resources', {
    body: { name: indicator, indicator, accessTokenTtl: 3600 },
  });
  if (!resource) return [];
  const created = await Promise.all(
    Object.entries(scopes).map(([name, description]) =>
      api.apiClient.POST('/api/resources/{resourceId}/scopes', {
        params: { path: { resourceId: resource.id } },
        body: { name, description },
      }),
    ),
  );
  return created.flatMap(({ data }) => (data ? [data.id] : []));
}

export async function magicLink(email: string): Promise<string | undefined> {
  const { data } = await api.apiClient.POST('/api/one-time-tokens', {
    body: { email, expiresIn: 600, context: { jitOrganizationIds: [] } },
  });
  return data && `https://example.com/magic?token=${data.token}`;
}
