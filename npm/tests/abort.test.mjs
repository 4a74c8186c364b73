// AbortSignal: rejects as fetch does, and closes the connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from 'logto-management';
import { startApi } from './support/server.mjs';

const hang = () => 'hang';
const apiCall = ({ path }) => path === '/api/x';

test('aborting closes the connection and rejects with the reason', async (t) => {
  const { apiClient, server } = await startApi(t, api, hang);
  const aborter = new AbortController();
  const call = apiClient.GET('/api/x', { signal: aborter.signal });
  await server.until((seen) => seen.some(apiCall));
  aborter.abort();
  await assert.rejects(call, (error) => error instanceof DOMException && error.name === 'AbortError');
  await server.until((seen) => seen.find(apiCall).closed);
});

test('a reason of the caller comes back as it is', async (t) => {
  const { apiClient, server } = await startApi(t, api, hang);
  const aborter = new AbortController();
  const reason = { any: 'value' };
  const call = apiClient.POST('/api/x', { signal: aborter.signal, body: {} });
  await server.until((seen) => seen.some(apiCall));
  aborter.abort(reason);
  assert.equal(await call.catch((thrown) => thrown), reason);
});

test('a signal that is aborted already sends nothing', async (t) => {
  const { apiClient, server } = await startApi(t, api, hang);
  await assert.rejects(apiClient.GET('/api/x', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal(server.seen.length, 0);
});

test('a signal that middleware puts on the request counts', async (t) => {
  const { apiClient, server } = await startApi(t, api, hang);
  const aborter = new AbortController();
  apiClient.use({ onRequest: ({ request }) => new Request(request, { signal: aborter.signal }) });
  const call = apiClient.GET('/api/x');
  await server.until((seen) => seen.some(apiCall));
  aborter.abort();
  await assert.rejects(call, { name: 'AbortError' });
});

test('aborting while waiting for the token leaves the others alone', async (t) => {
  const token = () => 'hang';
  const { apiClient, server } = await startApi(t, api, () => ({ json: {} }), {
    token,
    timeoutMs: 200,
    retries: 1,
    retryInitialDelayMs: 1,
    retryMaxDelayMs: 1,
  });
  const aborter = new AbortController();
  const aborted = apiClient.GET('/api/x', { signal: aborter.signal });
  const other = apiClient.GET('/api/x');
  await server.until((seen) => seen.length === 1);
  aborter.abort();
  await assert.rejects(aborted, { name: 'AbortError' });
  // The other goes on waiting, and ends for a reason of its own.
  await assert.rejects(
    other,
    (error) => error instanceof api.TransportError && error.reason === 'transport.timeout' && error.attempts === 2,
  );
});

test('a call that has ended ignores its signal, and leaves no listener', async (t) => {
  const { apiClient } = await startApi(t, api);
  const aborter = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = aborter.signal;
  aborter.signal.addEventListener = function add(...args) {
    listeners += 1;
    return addEventListener.apply(this, args);
  };
  aborter.signal.removeEventListener = function remove(...args) {
    listeners -= 1;
    return removeEventListener.apply(this, args);
  };
  const after = async (call) => {
    listeners = 0;
    await call();
    await new Promise(setImmediate);
    return listeners;
  };
  assert.equal(await after(() => apiClient.GET('/api/x', { signal: aborter.signal })), 0);
  // Where middleware looks on, it is a real Request, and that follows its signal for as long as it lives: Node's own listener.
  const nodes = await after(() => new Request('http://host', { signal: aborter.signal }));
  apiClient.use({ onRequest: () => undefined });
  // Not equal: a Request that is garbage lets go of the signal, whenever that is.
  assert.ok((await after(() => apiClient.GET('/api/x', { signal: aborter.signal }))) <= nodes);
  aborter.abort();
});

test('a listing aborts on the wire', async (t) => {
  const { apiClient, server } = await startApi(t, api, hang);
  const aborter = new AbortController();
  const next = apiClient.paginate('/api/users', { signal: aborter.signal }).pages().next();
  await server.until((seen) => seen.some(({ path }) => path === '/api/users'));
  aborter.abort();
  await assert.rejects(next, { name: 'AbortError' });
  await server.until((seen) => seen.find(({ path }) => path === '/api/users').closed);
});

test('leaving a listing aborts what was fetched ahead', async (t) => {
  const users = (from) => Array.from({ length: 100 }, (_, at) => ({ id: `u${from + at}` }));
  const { apiClient, server } = await startApi(t, api, ({ query }) =>
    query.get('page') === '1' ? { json: users(0), headers: { 'total-number': '1000' } } : 'hang',
  );
  const pages = apiClient.paginate('/api/users', { concurrency: 3 }).pages();
  await pages.next();
  const second = pages.next();
  const ahead = (seen) => seen.filter(({ path, query }) => path === '/api/users' && query.get('page') !== '1');
  await server.until((seen) => ahead(seen).length >= 2);
  await pages.return();
  await server.until((seen) => ahead(seen).every(({ closed }) => closed));
  assert.deepEqual(await second, { done: true, value: undefined });
  assert.deepEqual(await pages.next(), { done: true, value: undefined });
});

test("the client's own signal counts for every call that brings none", async (t) => {
  const aborter = new AbortController();
  const { apiClient, server } = await startApi(t, api, hang, { signal: aborter.signal });
  const calls = [apiClient.GET('/api/x'), apiClient.paginate('/api/x').pages().next()];
  await server.until((seen) => seen.filter(apiCall).length === 2);
  aborter.abort();
  for (const call of calls) {
    await assert.rejects(call, { name: 'AbortError' });
  }
});

test('a timeout of the call or the client ends the request on the wire', async (t) => {
  for (const [client, call] of [
    [{}, { timeout: 60, retries: 0 }],
    [{ timeout: 60, retries: 0 }, {}],
  ]) {
    const { apiClient, server } = await startApi(t, api, hang, client);
    // A busy machine may need longer than that for the token, or to send anything.
    do {
      await assert.rejects(
        apiClient.GET('/api/x', call),
        (error) => error instanceof api.TransportError && error.reason === 'transport.timeout',
      );
    } while (!server.seen.some(apiCall));
    await server.until((seen) => seen.find(apiCall).closed);
  }
});
