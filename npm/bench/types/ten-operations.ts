// A program with ten operations: what the compiler is timed with, on the declarations of each package.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function invite(organizationId: string, username: string): Promise<string[]> {
  const { data: users = [] } = await apiClient.GET('/api/users', { params: { query: { page: 1, page_size: 20 } } });
  const found = users.find((user) => user.username === username);
  const { data: user } = found ? { data: found } : await apiClient.POST('/api/users', { body: { username } });
  if (!user) {
    return [];
  }
  const path = { userId: user.id };
  await apiClient.PATCH('/api/users/{userId}', { params: { path }, body: { name: username.toUpperCase() } });
  await apiClient.GET('/api/users/{userId}', { params: { path } });
  await apiClient.POST('/api/users/{userId}/roles', { params: { path }, body: { roleIds: ['r1'] } });
  const { data: roles } = await apiClient.GET('/api/users/{userId}/roles', { params: { path } });
  await apiClient.POST('/api/organizations/{id}/users', {
    params: { path: { id: organizationId } },
    body: { userIds: [user.id] },
  });
  const { data: members, error } = await apiClient.GET('/api/organizations/{id}/users', {
    params: { path: { id: organizationId } },
  });
  if (error) {
    throw new Error(JSON.stringify(error));
  }
  await apiClient.GET('/api/applications', { params: { query: { types: ['SPA'] } } });
  await apiClient.DELETE('/api/users/{userId}', { params: { path } });
  return [...(roles ?? []).map(({ name }) => name), ...(members ?? []).map(({ id }) => id)];
}
