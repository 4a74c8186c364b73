// Helpers over any call.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

interface Result<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

async function must<T>(call: Promise<Result<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await call;
  if (data === undefined || data === null) {
    throw Object.assign(new Error(`${response.status} ${response.url}`), { body: error });
  }
  return data as NonNullable<T>;
}

export async function tokens(userId: string) {
  const created = await must(
    apiClient.POST('/api/users/{userId}/personal-access-tokens', {
      params: { path: { userId } },
      body: { name: 'ci', expiresAt: null },
    }),
  );
  const all = await must(apiClient.GET('/api/users/{userId}/personal-access-tokens', { params: { path: { userId } } }));
  return all.filter(({ value }) => value !== created.value).map(({ name }) => name);
}
