// Addresses of applications, which the official types take for objects.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

type Address = { [key: string]: unknown };

export async function createSpa(name: string, uris: string[]) {
  const redirectUris = uris as unknown as Address[];
  const { data } = await apiClient.POST('/api/applications', {
    body: {
      name,
      type: 'SPA',
      oidcClientMetadata: { redirectUris, postLogoutRedirectUris: [] },
      customClientMetadata: { corsAllowedOrigins: uris, rotateRefreshToken: true },
    },
  });
  return data?.id;
}

export async function describe(id: string) {
  const { data } = await apiClient.GET('/api/applications/{id}', { params: { path: { id } } });
  if (!data) return undefined;
  const type: 'Native' | 'SPA' | 'Traditional' | 'MachineToMachine' | 'Protected' | 'SAML' = data.type;
  const uris = data.oidcClientMetadata.redirectUris as unknown as string[];
  switch (type) {
    case 'SPA':
    case 'Native':
      return uris.join(' ');
    default:
      return `${data.name}: ${uris.length}`;
  }
}

export async function spas(isThirdParty: boolean) {
  const query = { types: 'SPA' as const, isThirdParty: String(isThirdParty), page: 1 };
  return (await apiClient.GET('/api/applications', { params: { query } })).data;
}

export async function addSecret(id: string) {
  const { data } = await apiClient.POST('/api/applications/{id}/secrets', {
    params: { path: { id } },
    body: { name: 'second', expiresAt: null },
  });
  return data && { secret: data.value, until: data.expiresAt };
}
