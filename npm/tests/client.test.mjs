// openapi-fetch's behaviours that programs of the official package rely on, through an engine; and the mends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from 'logto-management/management';
import { startApi, startServer } from './support/server.mjs';

const echo = ({ method, url, headers, body }) => ({ json: { method, url, headers, body } });

/** What goes over the wire for a call: the client it is made with, and what the server must see. */
const WIRE = [
  {
    name: 'a path parameter is encoded',
    call: ['GET', '/api/users/{id}', { params: { path: { id: 'a/b ü?#' } } }],
    url: '/api/users/a%2Fb%20%C3%BC%3F%23',
  },
  {
    name: 'path styles',
    call: ['GET', '/api/x/{a}/{.b}/{;c}/{d*}', { params: { path: { a: [1, 2], b: [3, 4], c: 5, d: [6, 7] } } }],
    url: '/api/x/1,2/.3,4/;c=5/6,7',
  },
  { name: 'a missing path parameter stays', call: ['GET', '/api/users/{id}'], url: '/api/users/%7Bid%7D' },
  {
    name: 'null, undefined and [] are skipped',
    call: ['GET', '/api/users', { params: { query: { a: null, b: undefined, c: [], d: 0, e: '' } } }],
    url: '/api/users?d=0&e=',
  },
  {
    name: 'a list repeats its key',
    call: ['GET', '/api/users', { params: { query: { id: ['a', 'b c'] } } }],
    url: '/api/users?id=a&id=b%20c',
  },
  {
    name: 'an object is deepObject',
    call: ['GET', '/api/users', { params: { query: { o: { x: 1 } } } }],
    url: '/api/users?o[x]=1',
  },
  {
    name: 'search_params become bare keys, in their place',
    call: [
      'GET',
      '/api/users',
      {
        params: {
          query: {
            page: 1,
            search_params: {
              'search.username': ['a', 'b'],
              'mode.username': 'exact',
              'joint': 'and',
              'isCaseSensitive': true,
            },
            page_size: 5,
          },
        },
      },
    ],
    url: '/api/users?page=1&search.username=a&search.username=b&mode.username=exact&joint=and&isCaseSensitive=true&page_size=5',
  },
  {
    name: 'a querySerializer of the call replaces all',
    call: [
      'GET',
      '/api/users',
      { params: { query: { search_params: { a: 1 } } }, querySerializer: (query) => `own=${Object.keys(query)}` },
    ],
    url: '/api/users?own=search_params',
  },
  {
    name: 'querySerializer options of call and client are merged',
    options: { querySerializer: { array: { style: 'pipeDelimited', explode: false } } },
    call: [
      'GET',
      '/api/users',
      { params: { query: { a: [1, 2], o: { x: 1 } } }, querySerializer: { object: { style: 'form', explode: true } } },
    ],
    url: '/api/users?a=1|2&x=1',
  },
  {
    name: 'a pathSerializer',
    options: { pathSerializer: (path) => path.replace('{id}', 'mine') },
    call: ['GET', '/api/users/{id}', { params: { path: { id: 1 } } }],
    url: '/api/users/mine',
  },
  {
    name: 'a JSON body',
    call: ['POST', '/api/users', { body: { a: 'ü' } }],
    body: '{"a":"ü"}',
    headers: { 'content-type': 'application/json' },
  },
  {
    name: 'a body of null is sent',
    call: ['POST', '/api/users', { body: null }],
    body: 'null',
    headers: { 'content-type': 'application/json' },
  },
  { name: 'no body, no content type', call: ['POST', '/api/users'], body: '', headers: { 'content-type': undefined } },
  { name: 'no content type for a GET', call: ['GET', '/api/users'], headers: { 'content-type': undefined } },
  {
    name: 'a form',
    call: [
      'POST',
      '/api/x',
      { body: { a: '1 2', b: 'ü' }, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    ],
    body: 'a=1+2&b=%C3%BC',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    name: 'a bodySerializer',
    call: [
      'POST',
      '/api/x',
      { body: { a: 1 }, bodySerializer: ({ a }) => `<a>${a}</a>`, headers: { 'Content-Type': 'text/xml' } },
    ],
    body: '<a>1</a>',
    headers: { 'content-type': 'text/xml' },
  },
  {
    name: 'headers, low to high: client, call, params',
    options: { headers: { 'x-a': 'client', 'x-b': 'client', 'x-c': 'client', 'x-d': 'client' } },
    call: [
      'GET',
      '/api/x',
      { headers: { 'x-b': 'call', 'x-c': null, 'x-d': undefined }, params: { header: { 'x-a': 'params' } } },
    ],
    headers: { 'x-a': 'params', 'x-b': 'call', 'x-c': undefined, 'x-d': 'client' },
  },
  {
    name: 'a list of header values is joined',
    call: ['GET', '/api/x', { headers: { 'x-a': ['1', '2'] } }],
    headers: { 'x-a': '1, 2' },
  },
  {
    name: 'a header value beyond ASCII is Latin-1',
    call: ['GET', '/api/x', { headers: { 'x-a': 'ü' } }],
    headers: { 'x-a': 'ü' },
  },
  { name: 'the token', call: ['GET', '/api/x'], headers: { authorization: 'Bearer t1' } },
  {
    name: "middleware's own Authorization is kept",
    call: [
      'GET',
      '/api/x',
      { middleware: [{ onRequest: ({ request }) => void request.headers.set('Authorization', 'Basic own') }] },
    ],
    headers: { authorization: 'Basic own' },
  },
  {
    name: 'no token for .well-known',
    call: ['GET', '/api/.well-known/sign-in-exp'],
    headers: { authorization: undefined },
  },
  {
    name: 'core options of a call do not leave',
    call: ['GET', '/api/x', { retries: 1, timeoutMs: 5000, idempotent: true }],
    url: '/api/x',
  },
];

for (const {
  name,
  options,
  call: [method, path, init],
  url,
  headers = {},
  body,
} of WIRE) {
  test(`over the wire: ${name}`, async (t) => {
    const { apiClient } = await startApi(t, api, echo, options);
    const { data } = await apiClient[method](path, init);
    assert.equal(data.method, method);
    if (url !== undefined) {
      assert.equal(data.url, url);
    }
    if (body !== undefined) {
      assert.equal(data.body, body);
    }
    for (const [header, value] of Object.entries(headers)) {
      assert.equal(data.headers[header], value, header);
    }
  });
}

test('every method reaches the server as itself', async (t) => {
  const { apiClient, server } = await startApi(t, api, echo);
  for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']) {
    await apiClient[method]('/api/x');
    await apiClient.request(method.toLowerCase(), '/api/x');
  }
  const methods = server.calls().map(({ method }) => method);
  assert.deepEqual(
    methods,
    ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'].flatMap((method) => [method, method]),
  );
});

test('FormData goes as multipart, with its boundary', async (t) => {
  const { apiClient } = await startApi(t, api, echo);
  const form = new FormData();
  form.set('file', new Blob(['content']), 'a.txt');
  const { data } = await apiClient.POST('/api/user-assets', { body: form });
  const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(data.headers['content-type']);
  assert.ok(data.body.includes(boundary) && data.body.includes('filename="a.txt"') && data.body.includes('content'));
});

test('nested objects in a query throw', async (t) => {
  const { apiClient } = await startApi(t, api, echo);
  await assert.rejects(apiClient.GET('/api/x', { params: { query: { a: { b: { c: 1 } } } } }), /Deeply-nested/);
});

/** What an answer becomes. */
const ANSWERS = [
  { name: 'JSON', answer: { json: { a: 1 } }, data: { a: 1 } },
  { name: 'JSON without a length', answer: { json: [1], headers: { 'transfer-encoding': 'chunked' } }, data: [1] },
  { name: '204', answer: { status: 204 }, data: undefined },
  { name: 'an empty body', answer: { text: '' }, data: undefined },
  { name: 'Created as text', answer: { status: 201, text: 'Created' }, data: undefined },
  {
    name: 'Created as text without a length',
    answer: { status: 201, text: 'Created', headers: { 'transfer-encoding': 'chunked' } },
    data: undefined,
  },
  { name: 'XML', answer: { body: '<a/>', headers: { 'content-type': 'text/xml' } }, data: '<a/>' },
  {
    name: 'bytes',
    answer: { body: Buffer.from([0, 255]), headers: { 'content-type': 'image/png' } },
    data: Uint8Array.of(0, 255),
  },
  { name: 'parseAs text', answer: { status: 201, text: 'Created' }, init: { parseAs: 'text' }, data: 'Created' },
  {
    name: 'parseAs arrayBuffer',
    answer: { json: 1 },
    init: { parseAs: 'arrayBuffer' },
    data: Uint8Array.of(49).buffer,
  },
  {
    name: 'an error as JSON',
    answer: { status: 422, json: { code: 'a.b', message: 'no' } },
    error: { code: 'a.b', message: 'no' },
  },
  { name: 'an error as text', answer: { status: 404, text: 'Not Found' }, error: 'Not Found' },
  {
    name: 'an error without a body',
    answer: { status: 431, text: '', headers: { 'content-length': '0' } },
    error: undefined,
  },
];

for (const { name, answer, init, data, error } of ANSWERS) {
  test(`an answer: ${name}`, async (t) => {
    const { apiClient } = await startApi(t, api, () => answer);
    const result = await apiClient.GET('/api/x', init);
    assert.deepEqual(result.data, data);
    assert.deepEqual(result.error, error);
    assert.equal(result.response.status, answer.status ?? 200);
    assert.equal(result.response.ok, (answer.status ?? 200) < 300);
    assert.match(result.response.url, /^http:\/\/127\.0\.0\.1:\d+\/api\/x$/);
    assert.equal('data' in result, (answer.status ?? 200) < 300);
  });
}

test('parseAs blob and stream', async (t) => {
  const { apiClient } = await startApi(t, api, () => ({ text: 'hello' }));
  const blob = await apiClient.GET('/api/x', { parseAs: 'blob' });
  assert.equal(await blob.data.text(), 'hello');
  const stream = await apiClient.GET('/api/x', { parseAs: 'stream' });
  assert.equal(await new Response(stream.data).text(), 'hello');
});

test('a response can be cloned, and read once', async (t) => {
  const { apiClient } = await startApi(t, api, () => ({ status: 201, text: 'Created' }));
  apiClient.use({
    onResponse: async ({ response }) => {
      assert.equal(await response.clone().text(), 'Created');
      assert.equal(await response.clone().json(), undefined);
      assert.equal(response.statusText, 'Created');
    },
  });
  const { response } = await apiClient.GET('/api/x', { parseAs: 'text' });
  assert.ok(response.bodyUsed);
  assert.throws(() => response.clone(), TypeError);
});

test('what says that it is JSON and is not, rejects', async (t) => {
  const answer = { body: '{"a":', headers: { 'content-type': 'application/json', 'logto-core-request-id': 'id-1' } };
  const { apiClient } = await startApi(t, api, () => answer);
  await assert.rejects(apiClient.GET('/api/x'), (error) => {
    assert.ok(error instanceof api.DecodeError && error.cause instanceof SyntaxError);
    assert.deepEqual([error.requestId, error.method, error.route, error.status], ['id-1', 'GET', '/api/x', 200]);
    return error.reason === 'decode.invalid_json';
  });
});

test('middleware: onRequest in order, onResponse in reverse, with what openapi-fetch hands over', async (t) => {
  const { apiClient } = await startApi(t, api, echo);
  const order = [];
  const middleware = (name) => ({
    onRequest({ request, schemaPath, params, options, id }) {
      order.push(`${name}?`);
      assert.equal(schemaPath, '/api/users/{id}');
      assert.deepEqual(params, { path: { id: 'u1' } });
      assert.ok(request instanceof Request && request.url.endsWith('/api/users/u1') && options.baseUrl && id);
      request.headers.set(`x-${name}`, 'set');
    },
    onResponse({ response }) {
      order.push(`${name}!`);
      assert.ok(response instanceof Response);
    },
  });
  const [one, two] = [middleware('one'), middleware('two')];
  apiClient.use(one, two);
  const { data } = await apiClient.GET('/api/users/{id}', { params: { path: { id: 'u1' } } });
  assert.deepEqual(order, ['one?', 'two?', 'two!', 'one!']);
  assert.equal(data.headers['x-one'], 'set');
  apiClient.eject(one, two);
  await apiClient.GET('/api/x');
  assert.equal(order.length, 4);
});

test('middleware may hand back a Request, a Response, and a Response for an error', async (t) => {
  const { apiClient, server } = await startApi(t, api, echo);
  const replaced = {
    onRequest: ({ request }) =>
      new Request(`${request.url}?replaced`, { method: 'POST', body: 'new', headers: { 'x-a': 'b' } }),
  };
  apiClient.use(replaced);
  const { data } = await apiClient.GET('/api/x');
  assert.deepEqual([data.method, data.url, data.body, data.headers['x-a']], ['POST', '/api/x?replaced', 'new', 'b']);
  apiClient.eject(replaced);

  const before = server.calls().length;
  const canned = { onRequest: () => Response.json({ canned: true }, { status: 418 }) };
  apiClient.use(canned);
  const result = await apiClient.GET('/api/x');
  assert.deepEqual(result.error, { canned: true });
  assert.equal(api.errorOf(result).reason, 'api.error');
  assert.equal(server.calls().length, before);
  apiClient.eject(canned);

  apiClient.use({ onError: ({ error }) => (error instanceof api.ConfigError ? Response.json('handled') : undefined) });
  assert.equal((await apiClient.GET('/api/{id}', { params: { path: { id: '..' } } })).data, 'handled');
});

test('a parameter cannot lead to another route', async (t) => {
  const { apiClient, server } = await startApi(t, api, echo);
  for (const id of ['.', '..', '', '%2e%2E']) {
    const call = apiClient.DELETE('/api/users/{id}', { params: { path: { id } } });
    // The last one is encoded once more, and so is an id like any other.
    if (id === '%2e%2E') {
      assert.equal((await call).data.url, '/api/users/%252e%252E');
    } else {
      await assert.rejects(call, (error) => error instanceof api.ConfigError && error.route === '/api/users/{id}');
    }
  }
  assert.equal(server.calls().length, 1);
});

test("another origin's base url gets the request, and no token", async (t) => {
  const other = await startServer(echo);
  t.after(() => other.close());
  const { apiClient } = await startApi(t, api, echo);
  const { data } = await apiClient.GET('/api/x', { baseUrl: other.baseUrl });
  assert.equal(data.headers.authorization, undefined);
  assert.equal(other.seen.length, 1);
});

test('a redirect rejects', async (t) => {
  const { apiClient } = await startApi(t, api, () => ({ status: 302, headers: { location: '/elsewhere' } }));
  await assert.rejects(apiClient.GET('/api/x'), api.UnexpectedRedirectError);
});

test('unwrap gives data or throws, errorOf and infoOf tell more', async (t) => {
  const { apiClient } = await startApi(t, api, ({ path }) =>
    path === '/api/users/u1'
      ? { json: { id: 'u1' } }
      : {
          status: 404,
          json: { code: 'entity.not_found', message: 'gone' },
          headers: { 'logto-core-request-id': 'id-2' },
        },
  );
  const get = (id) => apiClient.GET('/api/users/{id}', { params: { path: { id } } });
  assert.deepEqual(await api.unwrap(get('u1')), { id: 'u1' });
  assert.equal(api.errorOf(await get('u1')), undefined);
  assert.equal(api.infoOf(await get('u1')).attempts, 1);
  await assert.rejects(api.unwrap(get('u2')), (error) => {
    assert.ok(error instanceof api.ApiError);
    const { reason, status, code, requestId, method, route, attempts } = error;
    assert.deepEqual(
      { reason, status, code, requestId, method, route, attempts },
      {
        reason: 'api.not_found',
        status: 404,
        code: 'entity.not_found',
        requestId: 'id-2',
        method: 'GET',
        route: '/api/users/{id}',
        attempts: 1,
      },
    );
    return true;
  });
});

test('after dispose, calls reject', async (t) => {
  const { apiClient, clientCredentials } = await startApi(t, api, echo);
  await apiClient.GET('/api/x');
  assert.equal(apiClient[Symbol.dispose], apiClient.dispose);
  apiClient[Symbol.dispose]();
  apiClient.dispose();
  await assert.rejects(apiClient.GET('/api/x'), api.ConfigError);
  await assert.rejects(clientCredentials.getAccessToken(), api.ConfigError);
  await assert.rejects(async () => apiClient.paginate('/api/x'), api.ConfigError);
});
