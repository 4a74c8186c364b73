// Queries of every kind, in the official spelling.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function search(name: string, domain: string) {
  const search_params: Record<string, string> = {
    'search.name': `%${name}%`,
    'search.primaryEmail': `%@${domain}`,
    joint: 'and',
    isCaseSensitive: 'true',
  };
  return apiClient.GET('/api/users', { params: { query: { search_params } } });
}

export async function signIns(since: Date) {
  const { data } = await apiClient.GET('/api/logs', {
    params: { query: { logKey: 'Interaction.SignIn.Submit', start_time: String(since.getTime()), enableCap: 'true' } },
  });
  return data?.map(({ id, key, payload, createdAt }) => [id, key, payload.result, payload.userId, createdAt] as const);
}
