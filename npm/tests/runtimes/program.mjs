// What a program does with the package, whatever runtime it is in: its report is compared with that of the other runtimes.
import { ApiError, createManagementApi, engineKind } from 'logto-management';

/**
 * @param env `LOGTO_ENDPOINT`, `LOGTO_CLIENT_ID`, `LOGTO_CLIENT_SECRET`, `LOGTO_API_INDICATOR`.
 * @returns Plain data, for a runtime that can hand over nothing else.
 */
export async function program(env) {
  const { apiClient, clientCredentials } = createManagementApi('default', {
    clientId: env.LOGTO_CLIENT_ID,
    clientSecret: env.LOGTO_CLIENT_SECRET,
    baseUrl: env.LOGTO_ENDPOINT,
    apiIndicator: env.LOGTO_API_INDICATOR,
  });
  const listed = [];
  for await (const user of apiClient.paginate('/api/users', { concurrency: 4 })) {
    listed.push(user.id);
  }
  const { data: created } = await apiClient.POST('/api/users', { body: { username: `made_${engineKind}` } });
  const path = { userId: created.id };
  const { data: read } = await apiClient.GET('/api/users/{userId}', { params: { path } });
  const deleted = await apiClient.DELETE('/api/users/{userId}', { params: { path } });
  const missing = await apiClient.GET('/api/users/{userId}', { params: { path } });
  const thrown = await apiClient.paginate('/api/users/{userId}/roles', { params: { path } }).then(
    () => undefined,
    (error) => error,
  );
  const aborter = new AbortController();
  const abandoned = apiClient.GET('/api/users', { signal: aborter.signal }).then(
    () => 'answered',
    (reason) => reason.name,
  );
  aborter.abort();
  const report = {
    engineKind,
    users: listed.length,
    unique: new Set(listed).size,
    username: read.username,
    deleted: deleted.response.status,
    missing: { status: missing.response.status, code: missing.error.code, data: missing.data },
    thrown: { isApiError: thrown instanceof ApiError, status: thrown.status },
    aborted: await abandoned,
    scope: (await clientCredentials.getAccessToken()).scope,
  };
  apiClient.dispose();
  return report;
}

/** The report of every runtime on this engine. */
export const expected = {
  engineKind: 'wasm',
  users: 150,
  unique: 150,
  username: 'made_wasm',
  deleted: 204,
  missing: { status: 404, code: 'entity.not_found', data: undefined },
  thrown: { isApiError: true, status: 404 },
  aborted: 'AbortError',
  scope: 'all',
};
