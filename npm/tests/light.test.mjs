// A client without middleware takes a shorter way: no real Request and no real Response is made. Nobody can tell: here every call goes both ways, and everything that a caller could look at is compared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as api from 'logto-management';
import { startApi } from './support/server.mjs';

const echo = ({ method, url, headers, body }) => ({ json: { method, url, headers, body } });

/** Everything that a call came to. */
async function outcome(call) {
  try {
    const { response, ...result } = await call();
    const { status, ok, statusText, type, redirected, url, bodyUsed } = response;
    const again = {};
    for (const read of ['text', 'json', 'blob', 'arrayBuffer', 'formData']) {
      again[read] = await response[read]().then(() => 'read', describe);
    }
    return {
      result,
      response: { status, ok, statusText, type, redirected, url: url.replace(/:\d+/, ''), bodyUsed },
      headers: [...response.headers].filter(([name]) => name !== 'date'),
      sameHeaders: response.headers === response.headers,
      body: { isNull: response.body === null, locked: response.body?.locked, same: response.body === response.body },
      again,
      clone: attempt(() => response.clone()),
      is: [response instanceof Response, response.constructor.name, Object.prototype.toString.call(response)],
      keys: Object.keys(response),
      printed: inspect(response).replace(/:\d+|date: '[^']+'/g, ''),
      copied: await new Response('x', response).text(),
      copiedHeaders: new Headers(response.headers).get('content-type'),
      info: { ...api.infoOf({ response }), attempts: api.infoOf({ response }).attempts },
      error: describe(api.errorOf({ response })),
    };
  } catch (error) {
    return { thrown: describe(error), cause: error.cause && describe(error.cause) };
  }
}

const describe = (error) => error && `${error.name}: ${error.message}`.replace(/:\d+/g, '');

function attempt(act) {
  try {
    act();
    return 'done';
  } catch (error) {
    return describe(error);
  }
}

/** The same call through a client that nobody looks into, and through one with middleware. */
async function bothWays(t, answer, options, [method, path, init]) {
  const outcomes = [];
  for (const middleware of [[], [{ onRequest: () => undefined, onResponse: () => undefined }]]) {
    const { apiClient, server } = await startApi(t, api, answer, options);
    apiClient.use(...middleware);
    const came = await outcome(() => apiClient[method](path, init?.()));
    const wire = server.calls().map((seen) => ({ ...seen, headers: { ...seen.headers, host: '' } }));
    outcomes.push({ ...came, wire: wire.map(({ method, url, headers, body }) => ({ method, url, headers, body })) });
  }
  return JSON.parse(JSON.stringify(outcomes, (_, value) => value ?? null).replaceAll(/127\.0\.0\.1:\d+/g, 'host'));
}

const params = { path: { id: 'a/b ü' }, query: { q: ['1', 'ü'], o: { x: 1 } }, header: { 'x-a': 'ü' } };

/** Calls that may take the short way, wholly or in part; and calls that must not, since `Request` has a say. */
const CALLS = [
  ['GET', '/api/x'],
  ['GET', '/api/users/{id}', () => ({ params })],
  ['GET', '/api/users/{missing}'],
  ['GET', '/api/x#fragment'],
  ['GET', '/api/../x'],
  ['GET', '/api/x\ty'],
  ['GET', 'no-slash'],
  ['GET', '/api/x', () => ({ body: { a: 1 } })],
  ['HEAD', '/api/x'],
  ['OPTIONS', '/api/x'],
  ['TRACE', '/api/x'],
  ['DELETE', '/api/x', () => ({ body: { a: 1 } })],
  ['POST', '/api/x'],
  ['POST', '/api/x', () => ({ body: { a: 'ü', b: '€' } })],
  ['POST', '/api/x', () => ({ body: null })],
  ['POST', '/api/x', () => ({ body: '' })],
  ['PUT', '/api/x', () => ({ body: [1], headers: { 'Content-Type': null } })],
  ['PATCH', '/api/x', () => ({ body: { a: 1 }, headers: { 'content-type': 'application/json;charset=utf-8' } })],
  ['POST', '/api/x', () => ({ body: { a: 1 }, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })],
  ['POST', '/api/x', () => ({ body: new URLSearchParams({ a: '1' }), bodySerializer: (body) => body })],
  ['POST', '/api/x', () => ({ body: new Uint8Array([1, 2]), bodySerializer: (body) => body })],
  ['POST', '/api/x', () => ({ body: 1, bodySerializer: () => 7 })],
  ['POST', '/api/x', () => ({ body: 1, bodySerializer: () => undefined })],
  ['GET', '/api/x', () => ({ headers: { 'x-a': ['1', '2'], 'x-b': ' padded ', 'cookie': 'a=b' } })],
  ['GET', '/api/x', () => ({ headers: new Headers({ 'x-a': '1' }) })],
  ['GET', '/api/x', () => ({ headers: { 'bad header': '1' } })],
  ['GET', '/api/x', () => ({ headers: { 'x-a': 'line\nbreak' } })],
  ['GET', '/api/x', () => ({ headers: { 'x-a': '€' } })],
  ['GET', '/api/x', () => ({ signal: new AbortController().signal })],
  ['GET', '/api/x', () => ({ signal: null })],
  ['GET', '/api/x', () => ({ signal: 'no signal' })],
  ['GET', '/api/x', () => ({ signal: AbortSignal.abort(new Error('mine')) })],
  ['GET', '/api/x', () => ({ cache: 'no-such-mode' })],
  ['GET', '/api/x', () => ({ cache: 'no-store', credentials: 'omit', keepalive: true })],
  ['GET', '/api/x', () => ({ redirect: 'error', unknown: 1 })],
  ['GET', '/api/x', () => ({ method: 'POST' })],
  ['GET', '/api/x', () => ({ baseUrl: 'not a url' })],
  ['GET', '/api/x', () => ({ querySerializer: () => 'a=b c&d=|' })],
  ['GET', '/api/x', () => ({ pathSerializer: (path) => `${path}/more` })],
  ['GET', '/api/x', () => ({ parseAs: 'text' })],
  ['GET', '/api/x', () => ({ parseAs: 'nonsense' })],
];

for (const [at, call] of CALLS.entries()) {
  const [method, path, init] = call;
  test(`a call goes alike both ways: ${at} ${method} ${path} ${init ?? ''}`, async (t) => {
    const [light, real] = await bothWays(t, echo, {}, call);
    assert.deepEqual(light, real);
  });
}

const ANSWERS = {
  'JSON': { json: { a: 'ü€😀' } },
  'JSON of few characters beyond ASCII': { json: { ü: 'ü\u2028€😀\\é', much: 'plain text'.repeat(20) } },
  'an error of few characters beyond ASCII': { status: 422, json: { message: `nö ${'plain text'.repeat(20)}` } },
  'JSON with a byte order mark': { body: '\uFEFF{"a":1}', headers: { 'content-type': 'application/json' } },
  'JSON that is none': { body: '{"a":', headers: { 'content-type': 'application/json' } },
  'JSON that is no UTF-8': {
    body: Buffer.from([0x22, 0xc3, 0x22]),
    headers: { 'content-type': 'application/json' },
  },
  'several headers of a name': { json: 1, headers: { 'set-cookie': ['a=1', 'b=2'], 'x-a': ['1', '2'] } },
  'an empty header': { json: 1, headers: { 'x-empty': '', 'x-last': 'ü' } },
  'a request id': { json: 1, headers: { 'logto-core-request-id': 'id-1' } },
  '204': { status: 204 },
  '205': { status: 205, text: '' },
  '304': { status: 304 },
  'an empty body': { text: '' },
  'Created': { status: 201, text: 'Created' },
  'text': { body: '<a>ü</a>', headers: { 'content-type': 'text/xml' } },
  'bytes': { body: Buffer.from([0, 255]), headers: { 'content-type': 'image/png' } },
  'no type': { body: '{"a":1}' },
  'an error as JSON': { status: 422, json: { code: 'a.b', message: 'nö' } },
  'an error as text': { status: 404, text: 'Not Found' },
  'an error as bytes': { status: 400, body: Buffer.from([0xff, 0x41]), headers: { 'content-type': 'image/png' } },
  'an error without a body': { status: 431, text: '' },
  'an error that is retried': { status: 503, text: 'busy' },
  'a redirect': { status: 302, headers: { location: '/elsewhere' } },
  'an odd status': { status: 599, json: 1 },
};

const READ = {
  json: undefined,
  text: { parseAs: 'text' },
  arrayBuffer: { parseAs: 'arrayBuffer' },
  blob: { parseAs: 'blob' },
};
const options = { retryInitialDelayMs: 1, retryMaxDelayMs: 1 };

for (const [name, answer] of Object.entries(ANSWERS)) {
  for (const [as, init] of Object.entries(READ)) {
    test(`an answer comes alike both ways: ${name}, as ${as}`, async (t) => {
      const [light, real] = await bothWays(t, () => answer, options, ['GET', '/api/x', () => init]);
      assert.deepEqual(light, real);
    });
  }
}

test('the short way is taken, and left for what it cannot do', async (t) => {
  const { get: status } = Object.getOwnPropertyDescriptor(Response.prototype, 'status');
  const { apiClient } = await startApi(t, api, ({ path }) => (path === '/api/none' ? { status: 204 } : { json: 1 }));
  const isReal = async (...call) => {
    const { response } = await apiClient.GET(...call);
    return attempt(() => status.call(response)) === 'done';
  };
  assert.equal(await isReal('/api/x'), false);
  // Whoever gets a body that is not read may hand the response on, to what takes none but real ones.
  assert.equal(await isReal('/api/x', { parseAs: 'stream' }), true);
  assert.equal(await isReal('/api/none'), true);
  const middleware = { onResponse: () => undefined };
  assert.equal(await isReal('/api/x', { middleware: [middleware] }), true);
  apiClient.use(middleware);
  assert.equal(await isReal('/api/x'), true);
});
