// `fetch` as an option: JavaScript's fetch under the same core.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from 'logto-management';
import { startApi } from './support/server.mjs';

const echo = ({ method, url, headers, body }) => ({ json: { method, url, headers, body } });

/** A fetch that counts, and leaves its mark. */
function marked(mark, to = globalThis.fetch) {
  const seen = [];
  const fetch = async (request) => {
    seen.push(new URL(request.url).pathname);
    const copy = new Request(request);
    copy.headers.set('x-mark', mark);
    return to(copy);
  };
  return { fetch, seen };
}

test('a fetch of the client carries every request, the token requests too', async (t) => {
  const { fetch, seen } = marked('client');
  const { apiClient } = await startApi(t, api, echo, { fetch });
  const { data } = await apiClient.POST('/api/x', { body: { a: 1 } });
  assert.deepEqual([data.body, data.headers['x-mark'], data.headers.authorization], ['{"a":1}', 'client', 'Bearer t1']);
  assert.deepEqual(seen, ['/oidc/token', '/api/x']);
});

test('a fetch of the client serves listings, under the same retries', async (t) => {
  let failures = 1;
  const canned = async ({ url }) => {
    if (url.endsWith('/oidc/token')) {
      return Response.json({ access_token: 't', expires_in: 3600, token_type: 'Bearer', scope: 'all' });
    }
    failures -= 1;
    return failures >= 0
      ? new Response('busy', { status: 503 })
      : Response.json([{ id: 'u1' }], { headers: { 'total-number': '1' } });
  };
  const { apiClient, server } = await startApi(t, api, echo, {
    fetch: canned,
    retryInitialDelayMs: 1,
    retryMaxDelayMs: 1,
  });
  const page = await apiClient.paginate('/api/users');
  assert.deepEqual([page.items, page.total], [[{ id: 'u1' }], 1]);
  assert.equal(server.seen.length, 0);
});

test("a call's own fetch carries that call, with the client's token", async (t) => {
  const { fetch, seen } = marked('call');
  const { apiClient, server } = await startApi(t, api, echo);
  await apiClient.GET('/api/x');
  const { data } = await apiClient.GET('/api/y', { fetch });
  assert.deepEqual([data.headers['x-mark'], data.headers.authorization], ['call', 'Bearer t1']);
  await apiClient.GET('/api/z');
  assert.deepEqual(seen, ['/api/y']);
  assert.equal(server.seen.filter(({ path }) => path === '/oidc/token').length, 1);
});

test('aborting aborts the fetch', async (t) => {
  const { apiClient, server } = await startApi(t, api, () => 'hang', { fetch: (request) => globalThis.fetch(request) });
  const aborter = new AbortController();
  const call = apiClient.GET('/api/x', { signal: aborter.signal });
  await server.until((seen) => seen.some(({ path }) => path === '/api/x'));
  aborter.abort();
  await assert.rejects(call, { name: 'AbortError' });
  await server.until((seen) => seen.find(({ path }) => path === '/api/x').closed);
});

test('an object with a method fetch is as good, for a client, a call, a listing and an operation', async (t) => {
  class Binding {
    #seen = [];
    async fetch(request) {
      // As a service binding, it wants to be called on itself.
      this.#seen.push(new URL(request.url).pathname);
      return globalThis.fetch(request);
    }
    get seen() {
      return this.#seen;
    }
  }
  const ofClient = new Binding();
  const { apiClient } = await startApi(t, api, echo, { fetch: ofClient });
  await apiClient.GET('/api/x');
  assert.deepEqual(ofClient.seen, ['/oidc/token', '/api/x']);

  const ofCall = new Binding();
  const { api: byName, ...other } = await startApi(t, api, () => ({ json: [], headers: { 'total-number': '0' } }));
  await other.apiClient.GET('/api/y', { fetch: ofCall });
  await other.apiClient.paginate('/api/roles', { fetch: ofCall });
  await byName.get('/api/status', { fetch: ofCall });
  assert.deepEqual(ofCall.seen, ['/api/y', '/api/roles', '/api/status']);
});

test('what is neither a function nor such an object is a ConfigError', async (t) => {
  const { apiClient, server } = await startApi(t, api, echo);
  for (const fetch of [{}, 'fetch', { fetch: 1 }]) {
    const options = { clientId: 'a', clientSecret: 'b', fetch };
    assert.throws(() => api.createManagementApi('t', options), { name: 'ConfigError', reason: 'config.invalid' });
    await assert.rejects(async () => apiClient.GET('/api/x', { fetch }), { name: 'ConfigError' });
  }
  assert.equal(server.seen.length, 0);
});
