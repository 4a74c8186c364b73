// The method as a value.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function toggle(id: string, enabled: boolean) {
  const { data } = await apiClient.request('patch', '/api/hooks/{id}', { params: { path: { id } }, body: { enabled } });
  return data?.enabled;
}

export const head = () => apiClient.request('get', '/api/roles');

export async function any(kind: '/api/users' | '/api/roles') {
  const { data } = await apiClient.GET(kind);
  return data?.map(({ id }) => id);
}
