// A client of a Cloud tenant, and what it consists of.
import { createManagementApi } from '@logto/api/management';

const { apiClient, clientCredentials } = createManagementApi('my-tenant', {
  clientId: 'm2m-app',
  clientSecret: 'secret',
});

export async function countUsers(): Promise<number> {
  const { data } = await apiClient.GET('/api/users');
  return data?.length ?? 0;
}

export const credentials = clientCredentials;
