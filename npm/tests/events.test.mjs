// What the client tells while it works: hooks, and the channels of node:diagnostics_channel.
import assert from 'node:assert/strict';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import * as api from 'logto-management';
import { startApi } from './support/server.mjs';

const NAMES = ['request', 'response', 'retry', 'token'];

/** Hooks that write down what they are told. */
function recording() {
  const told = [];
  const hook = (type) => (event) => void told.push({ type, ...event });
  return {
    told,
    hooks: { onRequest: hook('request'), onResponse: hook('response'), onRetry: hook('retry'), onToken: hook('token') },
  };
}

/** Without what is of the moment, which is checked. */
function timeless(events) {
  return events.map(({ at, elapsedMs, ...event }) => {
    assert.ok(Math.abs(at - Date.now()) < 60_000);
    assert.ok(event.type !== 'response' || (Number.isInteger(elapsedMs) && elapsedMs >= 0));
    return event;
  });
}

const busyOnce = () => {
  let answers = 0;
  return () => {
    answers += 1;
    return answers === 1
      ? { status: 503, json: { message: 'busy' } }
      : { json: { id: 'secret-data' }, headers: { 'logto-core-request-id': 'id-1' } };
  };
};

const call = { method: 'GET', route: '/api/users/{userId}' };
const token = { method: 'POST', route: '/oidc/token', attempt: 1 };
const EXPECTED = [
  { type: 'request', ...token },
  { type: 'response', ...token, status: 200 },
  { type: 'token', scope: 'all', lifetimeMs: 3_600_000 },
  { type: 'request', ...call, attempt: 1 },
  { type: 'response', ...call, attempt: 1, status: 503 },
  { type: 'retry', ...call, attempt: 1, delayMs: 0, reason: '503' },
  { type: 'request', ...call, attempt: 2 },
  { type: 'response', ...call, attempt: 2, status: 200, requestId: 'id-1' },
];

const get = (apiClient) =>
  apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'secret-id' }, query: { q: 'secret-query' } } });

const NO_PAUSE = { retryInitialDelayMs: 0, retryMaxDelayMs: 0 };

test('hooks are told of everything, in order, before the call settles', async (t) => {
  const { told, hooks } = recording();
  const { apiClient } = await startApi(t, api, busyOnce(), { ...NO_PAUSE, ...hooks });
  await get(apiClient);
  assert.deepEqual(timeless(told), EXPECTED);
});

test('nothing secret is in them', async (t) => {
  const { told, hooks } = recording();
  const { apiClient, clientCredentials } = await startApi(t, api, busyOnce(), { ...NO_PAUSE, ...hooks });
  await get(apiClient);
  await apiClient.POST('/api/users', { body: { password: 'secret-body' }, headers: { 'x-a': 'secret-header' } });
  const { value } = await clientCredentials.getAccessToken();
  const text = JSON.stringify(told);
  assert.ok(told.length > 8);
  assert.ok(!text.includes('secret') && !text.includes(`"${value}"`) && !/bearer|basic/i.test(text), text);
});

test('channels are told the same, as soon as somebody subscribes, and no longer', async (t) => {
  const { apiClient } = await startApi(t, api, busyOnce(), NO_PAUSE);
  const told = [];
  const receivers = NAMES.map((type) => [
    `logto-management:${type}`,
    (event, name) => void told.push({ type: name.split(':')[1], ...event }),
  ]);
  for (const [name, receive] of receivers) {
    subscribe(name, receive);
  }
  await get(apiClient);
  for (const [name, receive] of receivers) {
    unsubscribe(name, receive);
    assert.equal(channel(name).hasSubscribers, false);
  }
  assert.deepEqual(timeless(told), EXPECTED);
  await get(apiClient);
  assert.equal(told.length, EXPECTED.length);
});

test('a client without listeners makes no events for one that comes later', async (t) => {
  const { apiClient } = await startApi(t, api);
  await apiClient.GET('/api/x');
  const told = [];
  const receive = (event) => void told.push(event.route);
  subscribe('logto-management:request', receive);
  t.after(() => unsubscribe('logto-management:request', receive));
  await apiClient.GET('/api/y');
  assert.deepEqual(told, ['/api/y']);
});

test("what a hook throws is nobody else's failure", async (t) => {
  const fail = () => {
    throw new Error('of the hook');
  };
  const { apiClient } = await startApi(t, api, undefined, { onRequest: fail, onResponse: fail, onToken: fail });
  assert.equal((await apiClient.GET('/api/x')).response.status, 200);
});

test('a failed call is told of too, a listing page by page, and a call with its own fetch', async (t) => {
  const { told, hooks } = recording();
  const { apiClient } = await startApi(
    t,
    api,
    ({ path }) =>
      path === '/api/users' ? { json: [{ id: 'u1' }], headers: { 'total-number': '1' } } : { status: 404, json: {} },
    hooks,
  );
  await apiClient.GET('/api/x');
  assert.deepEqual(timeless(told).at(-1), {
    type: 'response',
    method: 'GET',
    route: '/api/x',
    attempt: 1,
    status: 404,
  });
  told.length = 0;
  await apiClient.paginate('/api/users');
  assert.deepEqual(
    timeless(told).map(({ type, route }) => [type, route]),
    [
      ['request', '/api/users'],
      ['response', '/api/users'],
    ],
  );
  told.length = 0;
  await apiClient.GET('/api/y', { fetch: async () => Response.json({}) });
  assert.deepEqual(
    timeless(told).map(({ type, route }) => [type, route]),
    [
      ['request', '/api/y'],
      ['response', '/api/y'],
    ],
  );
});
