// The WASM engine itself, whichever engine the other tests run with: what is under way when its module stops, what it leaves behind, what it lets go of.
import assert from 'node:assert/strict';
import { test } from 'node:test';

process.env.LOGTO_MANAGEMENT_ENGINE = 'wasm';

/** Instances of the module, in the order in which they were made. */
const instances = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    instances.push(this);
  }
};
const { createManagementApi, createApiClient, ConfigError, engineKind, TransportError } =
  await import('logto-management');

const json = (value, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
let tokens = 0;

/** A Logto without a network: `answer` gives a Response, or never does. */
function client(answer, options = {}) {
  const sent = [];
  const fetch = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    sent.push(pathname);
    if (pathname === '/oidc/token') {
      tokens += 1;
      return json({ access_token: `t${tokens}`, expires_in: 3600, token_type: 'Bearer', scope: 'all' });
    }
    return answer({ request, pathname, query: searchParams });
  };
  const { apiClient } = createManagementApi('default', {
    clientId: 'm2m-app',
    clientSecret: 's3cret',
    baseUrl: 'http://logto.local',
    onWarning() {},
    fetch,
    ...options,
  });
  return { apiClient, sent };
}

/** Makes the next crossing into JavaScript throw through the module's frames, as a trap would: its state is lost. */
function trapOnce() {
  const { now } = performance;
  performance.now = () => {
    performance.now = now;
    throw new WebAssembly.RuntimeError('unreachable');
  };
}

test('it is the WASM engine', () => assert.equal(engineKind, 'wasm'));

test('an id, a secret and a url are what they are, whatever is in them', async () => {
  const given = {
    clientId: '=id\n',
    clientSecret: 's"3\u{1f511}\ncret',
    baseUrl: 'http://logto.local/=a',
    apiIndicator: 'urn://=api',
  };
  const asked = [];
  const fetch = async (request) => {
    asked.push(request.url, request.headers.get('authorization'), await request.text());
    return json({ access_token: 't', expires_in: 3600, token_type: 'Bearer', scope: 'all' });
  };
  const make = (options) =>
    createManagementApi('default', { ...given, clientId: '=id', scope: 'all', fetch, ...options });
  await make().clientCredentials.getAccessToken();
  const basic = ['=id', given.clientSecret].map((text) => new URLSearchParams({ '': text }).toString().slice(1));
  assert.deepEqual(asked, [
    'http://logto.local/=a/oidc/token',
    `Basic ${btoa(basic.join(':'))}`,
    new URLSearchParams({ grant_type: 'client_credentials', resource: 'urn://=api', scope: 'all' }).toString(),
  ]);
  for (const name of Object.keys(given)) {
    for (const more of ['\0', '\0=b\0=c', '\0{}', '\0\0\0\0\0{"options":{}}']) {
      assert.throws(() => make({ [name]: `${given[name]}${more}` }), ConfigError, `${name} ${JSON.stringify(more)}`);
    }
  }
  assert.throws(() => make({ clientId: given.clientId }), /client id .*white space/);
});

test('a trap fails what is under way, and the next call works', async () => {
  const { apiClient, sent } = client(({ pathname }) =>
    pathname === '/api/hang' ? new Promise(() => {}) : json({ pathname }),
  );
  await apiClient.GET('/api/before');
  const made = instances.length;
  const underWay = apiClient.GET('/api/hang');
  while (!sent.includes('/api/hang')) {
    await new Promise(setImmediate);
  }
  trapOnce();
  const failed = (error) =>
    error instanceof TransportError && error.reason === 'transport.other' && /unreachable/.test(error.message);
  await assert.rejects(apiClient.GET('/api/trap'), failed);
  await assert.rejects(underWay, failed);

  const { data } = await apiClient.GET('/api/after');
  assert.deepEqual(data, { pathname: '/api/after' });
  assert.equal(instances.length, made + 1);
});

test('a token outlives the module where it is kept in a store', async () => {
  const kept = new Map();
  const tokenStore = {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, value) => void kept.set(key, value),
  };
  const { apiClient, sent } = client(({ pathname }) => json({ pathname }), { tokenStore });
  await apiClient.GET('/api/before');
  const made = instances.length;
  trapOnce();
  await assert.rejects(apiClient.GET('/api/trap'), TransportError);
  const { data } = await apiClient.GET('/api/after');
  assert.deepEqual(data, { pathname: '/api/after' });
  assert.equal(instances.length, made + 1);
  assert.equal(sent.filter((path) => path === '/oidc/token').length, 1);
});

test('a listing goes on where it stood when the module stopped', async () => {
  const { apiClient } = client(({ query }) => {
    const page = Number(query.get('page'));
    const items = Array.from({ length: 100 }, (_, at) => ({ id: `u${(page - 1) * 100 + at}` }));
    return page > 3
      ? json([])
      : new Response(JSON.stringify(items), { headers: { 'content-type': 'application/json', 'total-number': '300' } });
  });
  const pages = apiClient.paginate('/api/users').pages();
  const ids = [];
  const take = async () => {
    const { done, value } = await pages.next();
    ids.push(...(value?.items ?? []).map(({ id }) => id));
    return !done;
  };
  await take();
  trapOnce();
  await assert.rejects(take());
  while (await take());
  assert.deepEqual(
    ids,
    Array.from({ length: 300 }, (_, at) => `u${at}`),
  );
});

test('a cause that the runtime tells decides what kind of failure it is', async () => {
  const kinds = [
    [
      Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
      'transport.connect',
    ],
    [
      Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('x'), { code: 'ETIMEDOUT', syscall: 'connect' }),
      }),
      'transport.connect',
    ],
    [
      Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('x'), { code: 'ECONNRESET', syscall: 'read' }),
      }),
      'transport.interrupted',
    ],
    [
      Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error('x'), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
      }),
      'transport.timeout',
    ],
    [
      new TypeError(
        'error sending request for url (http://logto.local/api/x?secret=1): client error (Connect): tcp connect error',
      ),
      'transport.connect',
    ],
    [
      Object.assign(new Error('Unable to connect. Is the computer able to access the url?'), {
        code: 'ConnectionRefused',
      }),
      'transport.connect',
    ],
    [new TypeError('Failed to fetch'), 'transport.interrupted'],
    [new DOMException('gone', 'AbortError'), 'transport.cancelled'],
    ['thrown, and no error at all', 'transport.interrupted'],
  ];
  for (const [thrown, reason] of kinds) {
    const { apiClient } = client(() => Promise.reject(thrown), { retries: 0 });
    await assert.rejects(apiClient.GET('/api/x'), (error) => {
      assert.equal(error.reason, reason, String(thrown));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});

test('an interrupted POST is sent once, one that found no connection again', async () => {
  const failing = (code) =>
    Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code }) });
  for (const [code, times] of [
    ['ECONNRESET', 1],
    ['ECONNREFUSED', 3],
  ]) {
    const { apiClient, sent } = client(() => Promise.reject(failing(code)), {
      retryInitialDelayMs: 1,
      retryMaxDelayMs: 1,
    });
    await assert.rejects(apiClient.POST('/api/users', { body: {} }), TransportError);
    assert.equal(sent.filter((path) => path === '/api/users').length, times, code);
  }
});

test('memory stays flat over many calls: answers, failures, cancelled ones, listings', async () => {
  const { apiClient } = client(
    ({ pathname, query, request }) => {
      if (pathname === '/api/users') {
        return json(Number(query.get('page')) === 1 ? [{ id: 'u1' }] : []);
      }
      if (pathname === '/api/hang') {
        return new Promise((_, reject) =>
          request.signal.addEventListener('abort', () => reject(request.signal.reason)),
        );
      }
      return pathname === '/api/fails'
        ? Promise.reject(new TypeError('Failed to fetch'))
        : json({ filler: 'x'.repeat(5000) });
    },
    { retries: 0, rateLimit: false },
  );
  const round = async () => {
    const aborter = new AbortController();
    const cancelled = apiClient.GET('/api/hang', { signal: aborter.signal }).catch(() => {});
    await Promise.all([
      apiClient.GET('/api/works'),
      apiClient.GET('/api/fails').catch(() => {}),
      apiClient.paginate('/api/users'),
    ]);
    aborter.abort();
    await cancelled;
  };
  const size = () => instances.at(-1).exports.memory.buffer.byteLength;
  for (let at = 0; at < 100; at += 1) {
    await round();
  }
  const before = size();
  for (let at = 0; at < 2000; at += 1) {
    await round();
  }
  assert.equal(size(), before);
});

test('a call that is given up, or a listing, makes room for who waits', async () => {
  const { apiClient, sent } = client(
    ({ pathname, request }) =>
      pathname === '/api/next'
        ? json({})
        : new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason))),
    { maxConnections: 1 },
  );
  const until = async (path) => {
    while (!sent.includes(path)) {
      await new Promise(setImmediate);
    }
  };
  const aborter = new AbortController();
  const first = apiClient.GET('/api/hang', { signal: aborter.signal });
  await until('/api/hang');
  const second = apiClient.GET('/api/next');
  aborter.abort();
  await assert.rejects(first, { name: 'AbortError' });
  assert.deepEqual((await second).data, {});

  const pages = apiClient.paginate('/api/users').pages();
  const page = pages.next();
  await until('/api/users');
  const third = apiClient.GET('/api/next');
  await pages.return();
  await page;
  assert.deepEqual((await third).data, {});
});

test('disposing of a client ends its calls', async () => {
  const { apiClient } = client(() => new Promise(() => {}));
  const underWay = apiClient.GET('/api/hang');
  apiClient[Symbol.dispose]();
  apiClient[Symbol.dispose]();
  apiClient.dispose();
  await assert.rejects(underWay, { reason: 'config.invalid' });
  await assert.rejects(apiClient.GET('/api/x'), { reason: 'config.invalid' });
});

test('what getToken throws, the call rejects with', async () => {
  const thrown = { mine: true };
  const apiClient = createApiClient({
    baseUrl: 'http://logto.local',
    getToken: () => Promise.reject(thrown),
    fetch: async () => json({}),
  });
  await assert.rejects(apiClient.GET('/api/users'), (error) => error === thrown);
});
