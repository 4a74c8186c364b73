// No content is success.
import { createManagementApi } from '@logto/api/management';

export async function remove(
  { apiClient }: ReturnType<typeof createManagementApi>,
  ids: readonly string[],
): Promise<string[]> {
  const results = await Promise.all(
    ids.map(async (userId) => {
      const { error, response } = await apiClient.DELETE('/api/users/{userId}', { params: { path: { userId } } });
      return { userId, failed: error !== undefined && response.status !== 404 };
    }),
  );
  return results.filter(({ failed }) => failed).map(({ userId }) => userId);
}
