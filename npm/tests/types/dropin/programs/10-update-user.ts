// A patch that clears keys, and the smaller patches.
import { createManagementApi } from '@logto/api/management';

type Client = ReturnType<typeof createManagementApi>['apiClient'];

export async function rename(client: Client, userId: string, name: string | null) {
  const params = { path: { userId } };
  const { data } = await client.PATCH('/api/users/{userId}', { params, body: { name, avatar: null } });
  await client.PATCH('/api/users/{userId}/custom-data', { params, body: { customData: { renamed: true } } });
  await client.PATCH('/api/users/{userId}/profile', { params, body: { profile: { nickname: 'n' } } });
  await client.PATCH('/api/users/{userId}/is-suspended', { params, body: { isSuspended: false } });
  await client.PATCH('/api/users/{userId}/password', { params, body: { password: 'a-new-one' } });
  return data?.updatedAt;
}
