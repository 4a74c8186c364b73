// What an answer becomes, and what a call rejects with.
import { settle } from '../run.mjs';

const get = (name, answer, init, more) => ({
  name: `answer: ${name}`,
  call: [more?.method ?? 'GET', '/api/x', init],
  answer: () => answer,
  ...more,
});

const text = (status, body, headers) => ({ status, text: body, headers });
const chunked = { 'transfer-encoding': 'chunked' };

/** A success that the official package throws at. */
const success = (name, answer, data, more) =>
  get(name, answer, undefined, {
    method: 'POST',
    mends: ['success'],
    official: { results: [{ threw: { name: 'SyntaxError' } }] },
    ours: { results: [{ data, response: { status: answer.status ?? 200 } }] },
    ...more,
  });

/** A status that the core tries again: the answer is the same, only later. */
const retried = (name, answer, count, more) => ({
  name: `retry: ${name}`,
  client: (recorder) => ({ baseUrl: recorder.baseUrl, ...(more?.official ? {} : {}) }),
  call: ['GET', '/api/x'],
  answer: (_, nth) => (nth < count ? answer : { json: { nth } }),
  mends: ['retries'],
  official: { wire: (wire) => wire.length === 1 },
  ours: { wire: (wire) => wire.length === count + 1, results: [{ data: { nth: count } }] },
  ...more,
});

const TOKEN_FAILURES = [
  [
    '401 of Logto',
    { status: 401, json: { code: 'oidc.invalid_client', message: 'Invalid client.', error: 'invalid_client' } },
    /^Failed to fetch access token: 401 Unauthorized/,
  ],
  [
    '400 of Logto',
    {
      status: 400,
      json: {
        code: 'oidc.invalid_target',
        error: 'invalid_target',
        error_description: 'resource indicator is missing',
      },
    },
    /^Failed to fetch access token: 400 Bad Request/,
  ],
  ['404 as text', { status: 404, text: 'Not Found' }, /^Failed to fetch access token: 404 Not Found/],
  ['no access_token', { json: { expires_in: 1 } }, /^Invalid response from token endpoint/],
  ['JSON that is no object', { json: 'x' }, /^Invalid response from token endpoint/],
];

export default [
  get('an object', { json: { a: 1 } }),
  get('a list', { json: [1, { b: null }] }),
  get('null', { json: null }),
  get('false', { json: false }),
  get('zero', { json: 0 }),
  get('a JSON string', { json: 'text' }),
  get('umlauts and emoji', { json: { a: 'ü 😀 語' } }),
  get('a byte order mark', { body: '\uFEFF{"a":1}', headers: { 'content-type': 'application/json' } }),
  get('JSON under another type', { body: '{"a":1}', headers: { 'content-type': 'application/problem+json' } }),
  get('duplicate members', { body: '{"a":1,"a":2}', headers: { 'content-type': 'application/json' } }),
  get('204', { status: 204 }),
  get('200 of length 0', { status: 200, headers: { 'content-length': '0' } }),
  get('201 with JSON', { status: 201, json: { id: 'x' } }, undefined, { method: 'POST' }),
  get('202 of length 0', { status: 202, headers: { 'content-length': '0' } }, undefined, { method: 'POST' }),
  get('206', { status: 206, json: [1] }),
  get('HEAD', { headers: { 'total-number': '7' } }, undefined, { method: 'HEAD' }),
  get('HEAD of an error', { status: 404 }, undefined, { method: 'HEAD' }),
  get('headers that come twice', {
    json: 1,
    headers: { 'link': ['<a>; rel="next"', '<b>; rel="last"'], 'x-a': ['1', '2'] },
  }),
  get('Set-Cookie', { json: 1, headers: { 'set-cookie': ['a=1', 'b=2'] } }),
  get('Latin-1 in a header', { json: 1, headers: { 'x-a': Buffer.from('ü').toString('latin1') } }),

  success('201 Created as text', text(201, 'Created'), undefined),
  success('200 OK as text', text(200, 'OK'), undefined),
  success('chunked and empty', { body: '', headers: chunked }, undefined),
  success('Created, chunked', text(201, 'Created', chunked), undefined),
  success('XML', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, '<a/>'),
  success('CSV', { body: 'a,b', headers: { 'content-type': 'text/csv' } }, 'a,b'),
  success('bytes', { body: Buffer.from([0, 255]), headers: { 'content-type': 'image/png' } }, { bytes: [0, 255] }),

  get('chunked JSON', { json: { a: 1 }, headers: chunked }),

  ...['text', 'blob', 'arrayBuffer', 'stream', 'json'].flatMap((parseAs) => [
    get(`parseAs ${parseAs} of JSON`, { json: { a: 'ü' } }, { parseAs }),
    get(`parseAs ${parseAs} of an error`, { status: 400, json: { code: 'c' } }, { parseAs }),
    get(`parseAs ${parseAs} of 204`, { status: 204 }, { parseAs }),
    get(`parseAs ${parseAs} of length 0`, { headers: { 'content-length': '0' } }, { parseAs }),
  ]),
  get('parseAs text of Created', text(201, 'Created'), { parseAs: 'text' }, { method: 'POST' }),
  get(
    'parseAs arrayBuffer of bytes',
    { body: Buffer.from([0, 1, 255]), headers: { 'content-type': 'image/png' } },
    { parseAs: 'arrayBuffer' },
  ),
  get('parseAs of nobody', { json: 1 }, { parseAs: 'nonsense' }, { allowMessages: true }),

  ...[400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 422, 428, 429, 431, 451, 501].map((status) =>
    get(
      `${status} of a POST, as JSON`,
      { status, json: { code: 'a.b', message: 'm', data: { x: 1 } } },
      { body: {} },
      {
        method: 'POST',
        ...(status === 401 && {
          mends: ['renewal'],
          official: { wire: (wire) => wire.length === 1 },
          ours: { wire: (wire) => wire.length === 2, results: [{ error: { code: 'a.b' }, response: { status: 401 } }] },
        }),
      },
    ),
  ),
  get('404 as text', text(404, 'Not Found')),
  get('400 as HTML', { status: 400, body: '<html>no</html>', headers: { 'content-type': 'text/html' } }),
  get('400 of length 0', { status: 400, headers: { 'content-length': '0' } }),
  get('400, chunked and empty', { status: 400, body: '', headers: chunked }),
  get('400 with broken JSON', { status: 400, body: '{"a":', headers: { 'content-type': 'application/json' } }),
  get('400 with a JSON string', { status: 400, json: 'no' }),
  get('400 with null', { status: 400, json: null }),
  get(
    '304',
    { status: 304, headers: {} },
    { headers: { 'if-none-match': '"e"' } },
    { ignoreWireHeaders: ['cache-control', 'pragma'] },
  ),
  get('500 of a POST', { status: 500, json: { message: 'Internal server error.' } }, undefined, { method: 'POST' }),
  get('503 of a POST', { status: 503, text: 'busy' }, undefined, { method: 'POST' }),
  get('an error that repeats the token', undefined, undefined, {
    answer: ({ headers }) => ({ status: 403, json: { echo: headers.authorization } }),
    mends: ['redacted'],
    official: { results: [{ error: { echo: /^Bearer \S{20,}$/ } }] },
    ours: { results: [{ error: { echo: (echo) => !/\S{20,}/.test(echo) }, response: { status: 403 } }] },
  }),
  get('JSON that is broken', { body: '{"a":', headers: { 'content-type': 'application/json' } }, undefined, {
    mends: ['typed-errors'],
    official: { results: [{ threw: { name: 'SyntaxError' } }] },
    ours: { results: [{ threw: { name: 'DecodeError' } }] },
  }),
  get('a connection that breaks, of a POST', 'reset', undefined, {
    method: 'POST',
    mends: ['typed-errors'],
    official: { results: [{ threw: { name: 'TypeError', message: 'fetch failed' } }] },
    ours: { results: [{ threw: { name: 'TransportError' } }] },
  }),
  get(
    'a connection that breaks inside the body, of a POST',
    { body: '{"a":', truncate: true, headers: { 'content-length': '100', 'content-type': 'application/json' } },
    undefined,
    {
      method: 'POST',
      mends: ['typed-errors'],
      official: { results: [{ threw: { name: 'TypeError', message: 'terminated' } }] },
      ours: { results: [{ threw: { name: 'TransportError' } }] },
    },
  ),

  retried('503 of a GET', { status: 503, headers: { 'retry-after': '0' } }, 1),
  retried('500 of a GET', { status: 500, headers: { 'retry-after': '0' } }, 1, {
    client: { retryInitialDelayMs: 1, retryMaxDelayMs: 1 },
  }),
  retried('429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }, 1),
  retried('two broken connections', 'reset', 2, { client: { retryInitialDelayMs: 1, retryMaxDelayMs: 1 } }),
  {
    name: 'retry: none where a call says so',
    call: ['GET', '/api/x', { retries: 0 }],
    answer: () => ({ status: 503, json: { message: 'busy' } }),
  },

  ...['/elsewhere', 'other'].map((location) => ({
    name: `redirect: to ${location}`,
    call: ['GET', '/api/x'],
    answer: ({ target }) => (target === '/api/x' ? { status: 302, headers: { location } } : { json: { target } }),
    mends: ['redirects'],
    official: { results: [{ response: { status: 200, redirected: true } }] },
    ours: { results: [{ threw: { name: 'UnexpectedRedirectError' } }], wire: (wire) => wire.length === 1 },
  })),

  {
    name: 'abort: before the call',
    call: ['GET', '/api/x', () => ({ signal: AbortSignal.abort() })],
    answer: () => ({ json: 1 }),
  },
  {
    name: 'abort: before the call, with a reason',
    call: ['GET', '/api/x', () => ({ signal: AbortSignal.abort(new RangeError('mine')) })],
    answer: () => ({ json: 1 }),
  },
  {
    name: 'abort: with a reason that is no Error',
    call: ['GET', '/api/x', () => ({ signal: AbortSignal.abort('mine') })],
    answer: () => ({ json: 1 }),
  },
  ...[
    ['without a reason', undefined],
    ['with a reason', new RangeError('mine')],
    // The reason of `AbortSignal.timeout`.
    ['with a timeout', new DOMException('The operation was aborted due to timeout', 'TimeoutError')],
  ].map(([how, reason]) => ({
    name: `abort: under way, ${how}`,
    answer: () => 'hang',
    run: async ({ apiClient, recorder }) => {
      const aborter = new AbortController();
      const call = settle(apiClient.GET('/api/x', { signal: aborter.signal }));
      await recorder.until((wire) => wire.some(({ target }) => target === '/api/x'));
      aborter.abort(reason);
      const outcome = await call;
      await recorder.until((wire) => wire.find(({ target }) => target === '/api/x').closed);
      return [outcome];
    },
  })),
  {
    name: 'abort: after the answer',
    answer: () => ({ json: { a: 1 } }),
    run: async ({ apiClient }) => {
      const aborter = new AbortController();
      const result = await apiClient.GET('/api/x', { signal: aborter.signal });
      aborter.abort();
      return [{ value: result }];
    },
  },

  ...TOKEN_FAILURES.flatMap(([name, token, message]) => [
    {
      name: `token failure: ${name}`,
      token: () => token,
      call: ['GET', '/api/x'],
      mends: ['token-errors'],
      official: { results: [{ threw: { name: 'ClientCredentialsError', message } }] },
      ours: { results: [{ threw: { name: 'ClientCredentialsError', message } }], wire: [] },
    },
    {
      name: `token failure, asked for by itself: ${name}`,
      token: () => token,
      run: async ({ clientCredentials }) => [await settle(clientCredentials.getAccessToken())],
      mends: ['token-errors'],
      official: { results: [{ threw: { name: 'ClientCredentialsError', message } }] },
      ours: { results: [{ threw: { name: 'ClientCredentialsError', message } }] },
    },
  ]),
];
