// Plain GETs in a Worker, which are sent without a way through the module: they must not differ from the others in anything but time.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from './runtimes/bundle.mjs';
import { onTestingClock } from './support/testing.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The package as Workers have it, in this process: here its globals can be replaced. */
let logto;
before(async () => {
  globalThis.compiledModule = await WebAssembly.compile(await readFile(at('../wasm/logto_management_bg.wasm')));
  const inVariable = {
    name: 'module-in-variable',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, namespace: 'variable' }));
      onLoad({ filter: /./, namespace: 'variable' }, () => ({ contents: 'export default globalThis.compiledModule' }));
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'logto-permit-'));
  const entry = join(folder, 'entry.mjs');
  try {
    await writeFile(entry, "export * from 'logto-management';");
    const { worker } = await bundle({ worker: entry }, { conditions: ['workerd', 'worker'], plugins: [inVariable] });
    const file = join(folder, 'worker.mjs');
    await writeFile(file, worker);
    logto = await import(pathToFileURL(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const json = (value, init = {}) =>
  new Response(JSON.stringify(value), { ...init, headers: { 'content-type': 'application/json', ...init.headers } });

/**
 * A client, and what it sends.
 * @param answer Gives a `Response` for the nth request of the API, or never does.
 * @param options `token` may answer the nth token request. A hook makes every call go through the module.
 */
function client(answer, { token, ...options } = {}) {
  const sent = [];
  let tokens = 0;
  const fetch = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/oidc/token') {
      tokens += 1;
      const answer = token?.(tokens, request);
      if (answer) {
        return answer;
      }
      return json({ access_token: `t${tokens}`, expires_in: 3600, token_type: 'Bearer', scope: 'all' });
    }
    sent.push({ method: request.method, url: request.url, headers: Object.fromEntries(request.headers) });
    return answer(sent.length, request);
  };
  const made = logto.createManagementApi('default', {
    clientId: 'm2m-app',
    clientSecret: 's3cret',
    baseUrl: 'http://logto.local',
    onWarning() {},
    // Pauses take no time.
    ...onTestingClock(),
    fetch,
    ...options,
  });
  return { ...made, sent, tokens: () => tokens };
}

const THROUGH = { onRequest() {} };

/** What a call came to, as data. */
async function outcome(call) {
  const told = ({ name, reason, status, code, message, attempts, requestId, hint }) => ({
    ...{ name, reason, status, code, message, attempts, requestId, hint },
  });
  try {
    const result = await call;
    const { response } = result;
    const info = logto.infoOf(result);
    const error = logto.errorOf(result);
    return {
      data: result.data,
      error: result.error,
      failure: error && told(error),
      status: response.status,
      headers: [...response.headers],
      attempts: info.attempts,
      requestId: info.requestId,
    };
  } catch (error) {
    return { thrown: told(error) };
  }
}

const id = { 'logto-core-request-id': 'r1' };
const expired = () => json({ code: 'auth.unauthorized', message: 'no' }, { status: 401, headers: id });
const ANSWERS = {
  'json': () => json([{ id: 'u1' }], { headers: { ...id, 'total-number': '1' } }),
  'json of another spelling': () =>
    new Response('{"a":1}', { headers: { 'content-type': 'APPLICATION/JSON ; charset=x' } }),
  'json of a kind': () => new Response('{"a":1}', { headers: { 'content-type': 'application/problem+json' } }),
  'json that is none': () => new Response('{"a":', { headers: { 'content-type': 'application/json', ...id } }),
  'json with a byte order mark': () =>
    new Response('\ufeff{"a":1}', { headers: { 'content-type': 'application/json' } }),
  'json of unknown length': () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('["\u00e4'));
          controller.enqueue(new TextEncoder().encode('"]'));
          controller.close();
        },
      }),
      { headers: { 'content-type': 'application/json' } },
    ),
  'empty json': () => new Response('', { headers: { 'content-type': 'application/json' } }),
  'text': () => new Response('Created', { status: 201, headers: { 'content-type': 'text/plain' } }),
  'html': () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
  'bytes': () => new Response(new Uint8Array([1, 2]), { headers: { 'content-type': 'image/png' } }),
  'nothing': () => new Response(null, { status: 204 }),
  'not found': () => json({ code: 'entity.not_found', message: 'no' }, { status: 404, headers: id }),
  'an echo of the token': (count, request) =>
    json({ code: 'x', message: request.headers.get('authorization') }, { status: 422 }),
  'a redirect': () => new Response(null, { status: 302, headers: { location: '/elsewhere', ...id } }),
  'not modified': () => new Response(null, { status: 304 }),
  'trouble at first': (count) => (count === 1 ? json({}, { status: 503 }) : json({ count })),
  'trouble all the time': () => json({ code: 'x', message: 'down' }, { status: 503, headers: id }),
  'no connection at first': (count) => {
    if (count === 1) {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
    }
    return json({ count });
  },
  'no connection': () => {
    throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  },
  'a token that was revoked': (count) => (count === 1 ? expired() : json({ count })),
  'a token that is never taken': expired,
  'too much': () => new Response('x'.repeat(5000), { headers: { 'content-type': 'application/json' } }),
};

for (const [name, answer] of Object.entries(ANSWERS)) {
  test(`it comes to the same: ${name}`, async () => {
    const clients = [
      client(answer, { maxResponseBytes: 4000 }),
      client(answer, { maxResponseBytes: 4000, ...THROUGH }),
    ];
    const seen = [];
    for (const { apiClient, clientCredentials, sent, tokens } of clients) {
      // There is one to send with.
      await clientCredentials.getAccessToken();
      const came = await outcome(
        apiClient.GET('/api/users', { params: { query: { 'page': 1, 'search.id': 'a b&ü' } } }),
      );
      seen.push({ came, sent, tokens: tokens() });
    }
    assert.deepEqual(seen[0], seen[1]);
  });
}

/** What the token endpoint does at first. */
const TOKENS = {
  'a token': () => undefined,
  'no such client': () =>
    json(
      { code: 'oidc.invalid_client', error: 'invalid_client', error_description: 'no' },
      { status: 401, headers: id },
    ),
  'trouble at first': (count) => (count === 1 ? json({}, { status: 503 }) : undefined),
  'trouble all the time': () => json({ code: 'x', message: 'down' }, { status: 503, headers: id }),
  'no connection': ANSWERS['no connection'],
  'html': ANSWERS['html'],
  'a token that no header can carry': () => json({ access_token: 'a\nb', expires_in: 3600, token_type: 'Bearer' }),
};

for (const [name, token] of Object.entries(TOKENS)) {
  test(`the first calls come to the same, and ask as often: ${name}`, async () => {
    const seen = [];
    for (const options of [{}, THROUGH]) {
      const { apiClient, sent, tokens } = client((count) => json({ count }), { token, ...options });
      const came = [await outcome(apiClient.GET('/api/users'))];
      const alone = [...sent];
      // Of the tokens that calls at once bring, which one each takes is left open.
      const others = [1, 2, 3].map(() => outcome(apiClient.GET('/api/roles')));
      came.push(...(await Promise.all(others)));
      seen.push({ came, alone, sent: sent.length, tokens: tokens() });
    }
    assert.deepEqual(seen[0], seen[1]);
  });
}

test('calls that are the first at once ask as often as through the module', async () => {
  const seen = [];
  for (const options of [{}, THROUGH]) {
    const { apiClient, sent, tokens } = client((count) => json({ count }), options);
    await Promise.all([1, 2, 3].map(() => apiClient.GET('/api/users')));
    seen.push([sent.length, tokens()]);
  }
  assert.deepEqual(seen[0], seen[1]);
});

test("a token of one's own is asked for once a call", async () => {
  const asked = [];
  for (const options of [{}, THROUGH]) {
    let count = 0;
    const apiClient = logto.createApiClient({
      baseUrl: 'http://logto.local',
      getToken: () => `t${(count += 1)}`,
      fetch: async () => json({}),
      onWarning() {},
      ...options,
    });
    await apiClient.GET('/api/users');
    await apiClient.GET('/api/users');
    asked.push(count);
  }
  assert.deepEqual(asked, [2, 2]);
});

test('the first call goes past the module too, once there is a token', async (t) => {
  const { apiClient, tokens } = client(() => json({}), { fetch: undefined });
  const signals = [];
  t.mock.method(globalThis, 'fetch', async (url, { signal }) => {
    signals.push(signal);
    return url.endsWith('/oidc/token')
      ? json({ access_token: 't', expires_in: 3600, token_type: 'Bearer', scope: 'all' })
      : json([]);
  });
  await apiClient.GET('/api/users');
  await apiClient.GET('/api/users');
  assert.equal(tokens(), 0);
  // Those that go past it share a signal.
  assert.equal(signals[1], signals[2]);
  assert.notEqual(signals[0], signals[1]);
});

test('it is sent to the same place, with the same headers', async () => {
  const odd = ['a', 'a b', 'a/b', '..', '%2e', 'ü', 'a?b', 'a#b', 'a+b', "a'b", 'a"b', 'a;b', 'a,b', '-', '{a}'];
  const paths = [
    '/api/users/{id}',
    '/api/status',
    '/api/.well-known/{id}',
    '/api/{id}/x',
    '/api/a/../{id}',
    '/oidc/{id}',
    '/api',
  ];
  const clients = [client(() => json({})), client(() => json({}), THROUGH)];
  await Promise.all(clients.map(({ clientCredentials }) => clientCredentials.getAccessToken()));
  for (const path of paths) {
    for (const value of odd) {
      for (const query of [{}, { q: value }, { [value]: value, list: [value, value] }]) {
        const params = { path: path.includes('{') ? { id: value } : {}, query };
        const [ours, through] = await Promise.all(
          clients.map(async ({ apiClient, sent }) => {
            const came = await outcome(apiClient.GET(path, { params }));
            return { came, sent: sent.splice(0) };
          }),
        );
        assert.deepEqual(ours, through, `${path} with ${value}`);
      }
    }
  }
});

for (const [kind, made] of [
  ['a function', (fetch) => fetch],
  ['a function that was bound', (fetch) => fetch.bind(undefined)],
  ['a Proxy', (fetch) => new Proxy(globalThis.fetch, { apply: (_target, _self, given) => fetch(...given) })],
]) {
  test(`what ${kind} in the place of fetch adds to the headers is in that request only`, async (t) => {
    const { apiClient } = client(undefined, { fetch: undefined });
    const before = globalThis.fetch;
    t.after(() => {
      globalThis.fetch = before;
    });
    const seen = [];
    const fetch = async (url, init) => {
      if (url.endsWith('/oidc/token')) {
        return json({ access_token: 't', expires_in: 3600, token_type: 'Bearer', scope: 'all' });
      }
      init.headers.append('x-trace', String(seen.length));
      seen.push(init.headers.get('x-trace'));
      assert.equal(init.headers.get('authorization'), 'Bearer t');
      return json([]);
    };
    globalThis.fetch = made(fetch);
    for (let call = 0; call < 3; call += 1) {
      await apiClient.GET('/api/users');
    }
    assert.deepEqual(seen, ['0', '1', '2']);
  });
}

test('calls that follow each other share a controller and a timer, whichever way they are written', async (t) => {
  const signals = new Set();
  const { apiClient, api, clientCredentials } = client(undefined, { fetch: undefined });
  t.mock.method(globalThis, 'fetch', async (url, { signal }) => {
    if (url.endsWith('/oidc/token')) {
      return json({ access_token: 't', expires_in: 3600, token_type: 'Bearer', scope: 'all' });
    }
    signals.add(signal);
    return json([]);
  });
  await clientCredentials.getAccessToken();
  const timers = t.mock.method(globalThis, 'setTimeout');
  for (let call = 0; call < 20; call += 1) {
    await apiClient.GET('/api/users');
    await api.users.get('u1');
    await logto.unwrap(apiClient.GET('/api/users'));
  }
  assert.equal(signals.size, 1);
  assert.equal(timers.mock.callCount(), 1);
});

test('each call has all of its time, and no more', async (t) => {
  // What the test before left is stopped by the real clock.
  await new Promise(setImmediate);
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let signal;
  const held = [];
  const answer = (count, request) =>
    new Promise((resolve, reject) => {
      ({ signal } = request);
      signal.addEventListener('abort', () => reject(signal.reason));
      held.push(() => resolve(json({ count })));
    });
  const { apiClient, clientCredentials } = client(answer, { timeoutMs: 1000, retries: 0 });
  await clientCredentials.getAccessToken();
  const turn = () => new Promise(setImmediate);

  const second = (async () => {
    await apiClient.GET('/api/users');
    return outcome(apiClient.GET('/api/users'));
  })();
  await turn();
  t.mock.timers.tick(700);
  held[0]();
  await turn();
  assert.equal(held.length, 2);
  t.mock.timers.tick(700);
  await turn();
  assert.equal(signal.aborted, false, 'the time of the call before is not its own');
  t.mock.timers.tick(300);
  await turn();
  assert.equal(signal.aborted, true);
  const { thrown } = await second;
  assert.equal(thrown.reason, 'transport.timeout');
  assert.match(thrown.message, /No complete answer within 1000 ms/);
  assert.equal(thrown.attempts, 1);
});

test('what nobody takes up is stopped in the same turn', async (t) => {
  const { apiClient, clientCredentials } = client(() => json({}));
  await clientCredentials.getAccessToken();
  const made = t.mock.method(globalThis, 'setTimeout');
  const stopped = t.mock.method(globalThis, 'clearTimeout');
  await apiClient.GET('/api/users');
  await new Promise(setImmediate);
  assert.equal(made.mock.callCount(), 1);
  assert.deepEqual(
    stopped.mock.calls.map((call) => call.arguments[0]),
    made.mock.calls.map((call) => call.result),
  );
});

test('a client that is disposed of aborts them', async () => {
  let signal;
  const { apiClient, clientCredentials } = client(
    (count, request) =>
      new Promise((resolve, reject) => {
        ({ signal } = request);
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  await clientCredentials.getAccessToken();
  const call = outcome(apiClient.GET('/api/users'));
  await new Promise(setImmediate);
  apiClient.dispose();
  assert.equal(signal.aborted, true);
  assert.match((await call).thrown.message, /disposed/);
});

test('a token that is refused to many at once is renewed as often as through the module', async () => {
  const renewed = [];
  for (const options of [{}, THROUGH]) {
    const answer = (count, request) => (request.headers.get('authorization') === 'Bearer t1' ? expired() : json({}));
    const { apiClient, clientCredentials, tokens } = client(answer, options);
    await clientCredentials.getAccessToken();
    await Promise.all(Array.from({ length: 20 }, () => apiClient.GET('/api/users')));
    await apiClient.GET('/api/users');
    renewed.push(tokens());
  }
  assert.equal(renewed[0], renewed[1]);
});

test('it takes its turn at the rate limit once, whatever comes of it', async () => {
  for (const status of [200, 404]) {
    let testing;
    const { apiClient, clientCredentials } = client(() => json({}, { status }), {
      rateLimit: { requests: 1, perMs: 1000, burst: 4 },
      ...onTestingClock((given) => (testing = given)),
    });
    await clientCredentials.getAccessToken();
    testing.takeSleeps();
    for (let call = 0; call < 4; call += 1) {
      await apiClient.GET('/api/users');
    }
    // One turn went to the token.
    assert.deepEqual(testing.takeSleeps(), [1000]);
  }
});
