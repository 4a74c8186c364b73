// Compiled, not run: what programs write, strictly. Wrong uses must not compile, and say so.
import {
  allScope,
  ApiError,
  createApiClient,
  createManagementApi,
  createManagementApiFromEnv,
  errorOf,
  getBaseUrl,
  infoOf,
  LogtoError,
  unwrap,
  type AccessToken,
  type ApiClient,
  type CreateManagementApiOptions,
  type ErrorBody,
  type Page,
  type User as LogtoUser,
} from 'logto-management/management';
import type { Middleware } from 'openapi-fetch';

interface User {
  id: string;
  username: string | null;
}

const options: CreateManagementApiOptions = { clientId: 'id', clientSecret: 'secret' };
const { apiClient, clientCredentials } = createManagementApi('tenant', options);

export async function calls(): Promise<void> {
  const { data, error, response } = await apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } });
  if (error) {
    const body: ErrorBody = error;
    const code: string | undefined = error.code;
    console.log(body.message, code, error.code === 'user.username_already_in_use', response.status);
    return;
  }
  // Usable without casts.
  const user: User = data;
  const whole: LogtoUser = data;
  const name: string | undefined = whole.profile.givenName;
  console.log(user.id, name);

  await apiClient.GET('/api/users');
  await apiClient.GET('/api/users', {
    params: { query: { page: 1, search_params: { 'search.username': ['a'], joint: 'and' } } },
    parseAs: 'json',
  });
  await apiClient.POST('/api/users', {
    body: { username: 'ann' },
    headers: { 'Accept-Language': 'de' },
    retries: 0,
    timeoutMs: 1000,
  });
  await apiClient.PATCH('/api/users/{userId}', {
    params: { path: { userId: 'u1' } },
    body: { name: null },
    signal: AbortSignal.timeout(5),
  });
  await apiClient.request('delete', '/api/users/{userId}', { params: { path: { userId: 'u1' } } });

  const text: string | undefined = (await apiClient.GET('/api/status', { parseAs: 'text' })).data;
  const stream: ReadableStream | null | undefined = (await apiClient.GET('/api/swagger.json', { parseAs: 'stream' }))
    .data;
  console.log(text, stream);

  // @ts-expect-error -- no such path
  await apiClient.GET('/api/user');
  // @ts-expect-error -- a path begins with a slash
  await apiClient.GET('api/users');
  // @ts-expect-error -- no such way to parse
  await apiClient.GET('/api/users', { parseAs: 'yaml' });
}

export async function results(): Promise<User | undefined> {
  const result = await apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } });
  const failure: LogtoError | undefined = errorOf(result);
  const attempts: number | undefined = infoOf(result)?.attempts;
  console.log(failure?.reason, attempts);
  try {
    const user: User = await unwrap(apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } }));
    return user;
  } catch (thrown) {
    if (thrown instanceof ApiError) {
      const { status, code, requestId, retryAfterMs, hint }: ApiError = thrown;
      console.log(status, code, requestId, retryAfterMs, hint);
    }
    return undefined;
  }
}

export async function listings(): Promise<void> {
  for await (const user of apiClient.paginate<User>('/api/users', {
    concurrency: 4,
    pageSize: 50,
    params: { query: { search: '%a%' } },
  })) {
    const id: string = user.id;
    console.log(id);
  }
  for await (const page of apiClient.paginate<User>('/api/users').pages()) {
    const { items, total, totalIsExact, cursor, number, size, requestId }: Page<User> = page;
    console.log(items[0]?.id, total, totalIsExact, cursor, number, size, requestId);
  }
  const first: Page<User> = await apiClient.paginate<User>('/api/users');
  const second: Page<User> | undefined = await first.next();
  console.log(second);
  for await (const anything of apiClient.paginate('/api/users')) {
    const id: string = anything.id;
    console.log(id);
  }
  // @ts-expect-error -- a number
  apiClient.paginate('/api/users', { pageSize: '50' });
  // @ts-expect-error -- no such option
  apiClient.paginate('/api/users', { pagesize: 50 });
}

export async function tokens(): Promise<void> {
  const { value, expiresAt, scope }: AccessToken = await clientCredentials.getAccessToken();
  const parts: [string, number, string | undefined] = [value, expiresAt, scope];
  console.log(parts, scope === allScope);
}

export function clients(env: { LOGTO_CLIENT_ID: string; KV: object }): void {
  const client: ApiClient = createApiClient({
    baseUrl: getBaseUrl('tenant'),
    getToken: async () => 'token',
    headers: { 'x-a': 'b' },
    fetch: globalThis.fetch,
  });
  const logging: Middleware = {
    onRequest({ request, schemaPath }) {
      console.log(schemaPath, request.url);
      return undefined;
    },
    onResponse: ({ response }) => new Response(response.body, response),
  };
  client.use(logging);
  client.eject(logging);
  createManagementApi('t', {
    ...options,
    baseUrl: 'https://x',
    apiIndicator: 'https://x/api',
    retries: 1,
    rateLimit: { requests: 10, perMs: 1000 },
    onWarning: ({ code }) => console.log(code),
  });
  createManagementApi('t', { ...options, rateLimit: false, clientAuth: 'post' });
  createManagementApiFromEnv();
  createManagementApiFromEnv(env as never);
  // @ts-expect-error -- the secret is missing
  createManagementApi('t', { clientId: 'id' });
  // @ts-expect-error -- no such option
  createManagementApi('t', { ...options, retrys: 1 });
  // @ts-expect-error -- no such way
  createManagementApi('t', { ...options, clientAuth: 'none' });
}

/** A service binding's type, as Cloudflare declares it. */
interface Fetcher {
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
}

export function bound(service: Fetcher): ApiClient {
  const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret', fetch: service });
  // Known here by @types/node; `old-library` compiles without.
  const free: () => void = apiClient[Symbol.dispose];
  free();
  return apiClient;
}
