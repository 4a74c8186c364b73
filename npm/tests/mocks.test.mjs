// JavaScript's own fetch under the client, which mocks take the place of: msw and undici's MockAgent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from 'logto-management/management';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici';

const BASE = 'https://tenant.logto.app';
const TOKEN = { access_token: 't1', expires_in: 3600, token_type: 'Bearer', scope: 'all' };

/** As the README says it: looked up at each call, so that it does not matter who comes first, the client or the mock. */
const fetch = (request) => globalThis.fetch(request);

const client = (options) =>
  api.createManagementApi('tenant', { clientId: 'app', clientSecret: 'secret', retryInitialDelayMs: 0, ...options });

test('msw intercepts a client with `fetch`: tokens, retries and listings too', async (t) => {
  const { apiClient } = client({ fetch });
  const seen = [];
  let busy = 1;
  const server = setupServer(
    http.post(`${BASE}/oidc/token`, async ({ request }) => {
      seen.push(`token ${new URLSearchParams(await request.text()).get('resource')}`);
      return HttpResponse.json(TOKEN);
    }),
    http.get(`${BASE}/api/users/:id`, ({ params, request }) => {
      seen.push(`user ${request.headers.get('authorization')}`);
      busy -= 1;
      return busy >= 0 ? new HttpResponse('busy', { status: 503 }) : HttpResponse.json({ id: params.id });
    }),
    http.get(`${BASE}/api/users`, ({ request }) => {
      const page = Number(new URL(request.url).searchParams.get('page'));
      return HttpResponse.json(page === 1 ? [{ id: 'a' }] : [{ id: 'b' }], { headers: { 'total-number': '2' } });
    }),
    http.post(`${BASE}/api/users`, async ({ request }) => HttpResponse.json(await request.json(), { status: 201 })),
  );
  server.listen({ onUnhandledRequest: 'error' });
  t.after(() => server.close());

  const { data } = await apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } });
  assert.deepEqual(data, { id: 'u1' });
  assert.deepEqual(seen, ['token https://tenant.logto.app/api', 'user Bearer t1', 'user Bearer t1']);
  const ids = [];
  for await (const user of apiClient.paginate('/api/users', { pageSize: 1 })) {
    ids.push(user.id);
  }
  assert.deepEqual(ids, ['a', 'b']);
  const created = await apiClient.POST('/api/users', { body: { username: 'x' } });
  assert.deepEqual([created.data, created.response.status], [{ username: 'x' }, 201]);
});

test('msw intercepts a single call with `fetch`', async (t) => {
  const apiClient = api.createApiClient({ baseUrl: BASE, getToken: async () => 'mine' });
  const server = setupServer(
    http.get(`${BASE}/api/roles`, ({ request }) => HttpResponse.json([request.headers.get('authorization')])),
  );
  server.listen({ onUnhandledRequest: 'error' });
  t.after(() => server.close());
  assert.deepEqual((await apiClient.GET('/api/roles', { fetch })).data, ['Bearer mine']);
});

test("undici's MockAgent intercepts too", async (t) => {
  const before = getGlobalDispatcher();
  const agent = new MockAgent();
  agent.disableNetConnect();
  setGlobalDispatcher(agent);
  t.after(async () => {
    setGlobalDispatcher(before);
    await agent.close();
  });
  const json = { headers: { 'content-type': 'application/json' } };
  const pool = agent.get(BASE);
  pool.intercept({ path: '/oidc/token', method: 'POST' }).reply(200, TOKEN, json);
  pool
    .intercept({ path: '/api/users/u1', method: 'GET' })
    .reply(404, { code: 'entity.not_found', message: 'gone' }, json);
  const { apiClient } = client({ fetch });
  const result = await apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } });
  assert.equal(api.errorOf(result).reason, 'api.not_found');
  assert.equal(result.error.code, 'entity.not_found');
  agent.assertNoPendingInterceptors();
});
