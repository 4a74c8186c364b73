// The operations that answer without JSON: what counts is the status.
import { createManagementApi } from '@logto/api/management';

type Client = ReturnType<typeof createManagementApi>['apiClient'];

export async function grant(client: Client, roleId: string, userIds: string[], applicationIds: string[]) {
  const users = await client.POST('/api/roles/{id}/users', { params: { path: { id: roleId } }, body: { userIds } });
  const applications = await client.POST('/api/roles/{id}/applications', {
    params: { path: { id: roleId } },
    body: { applicationIds },
  });
  const answer: unknown = users.data;
  console.log(answer, applications.data);
  return users.response.ok && applications.response.ok;
}

export async function organize(client: Client, id: string, userIds: string[], organizationRoleIds: string[]) {
  await client.POST('/api/organizations/{id}/users', { params: { path: { id } }, body: { userIds } });
  const { response, error } = await client.POST('/api/organizations/{id}/users/roles', {
    params: { path: { id } },
    body: { userIds, organizationRoleIds },
  });
  if (error) {
    console.warn(error);
  }
  return response.status;
}
