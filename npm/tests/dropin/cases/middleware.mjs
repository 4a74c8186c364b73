// Middleware: what it is given, what it may give back, and in which order.
import { echo } from './echo.mjs';

const logging = (log, name) => ({
  onRequest: () => void log.push(`${name} request`),
  onResponse: () => void log.push(`${name} response`),
  onError: () => void log.push(`${name} error`),
});

const use = (name, middleware, more) => ({
  name: `middleware: ${name}`,
  call: ['GET', '/api/users/{id}', { params: { path: { id: 'u1' } } }],
  answer: echo,
  use: (context) => [middleware(context)].flat(),
  ...more,
});

export default [
  use('order', ({ log }) => [logging(log, 'one'), logging(log, 'two'), logging(log, 'three')]),
  use('what onRequest is given', ({ log, baseUrl }) => ({
    onRequest({ request, schemaPath, params, options, id }) {
      log.push(schemaPath, params, options.parseAs, options.baseUrl === baseUrl, typeof id, Object.isFrozen(options));
      log.push(request.method, request.url.slice(baseUrl.length), request.headers.has('authorization'));
      log.push(typeof options.querySerializer, typeof options.bodySerializer, typeof options.fetch);
    },
  })),
  use('what onResponse is given', ({ log, baseUrl }) => ({
    async onResponse({ request, response, schemaPath, params, options, id }) {
      log.push(schemaPath, params, options.parseAs, typeof id, request.url.slice(baseUrl.length), response.status);
      log.push(response instanceof Response, request instanceof Request, await response.clone().json());
    },
  })),
  use('the same id before and after', ({ log }) => {
    const ids = [];
    return { onRequest: ({ id }) => void ids.push(id), onResponse: ({ id }) => void log.push(ids[0] === id) };
  }),
  use('later middleware sees the token', ({ log }) => ({
    onRequest: ({ request }) => void log.push(request.headers.get('authorization').startsWith('Bearer ')),
  })),
  use('onResponse sees the token that was sent', ({ log }) => ({
    onResponse: ({ request }) => void log.push(request.headers.get('authorization').startsWith('Bearer ')),
  })),
  use(
    'no token for .well-known',
    ({ log }) => ({
      onRequest: ({ request }) => void log.push(request.headers.get('authorization')),
    }),
    { call: ['GET', '/api/.well-known/sign-in-exp'] },
  ),
  use('the token can be replaced', () => ({
    onRequest({ request }) {
      request.headers.set('authorization', 'Bearer own');
    },
  })),
  use('the token can be taken away', () => ({
    onRequest({ request }) {
      request.headers.delete('authorization');
    },
  })),
  use('the token can be copied', () => ({
    onRequest({ request }) {
      request.headers.set('x-copy', request.headers.get('authorization').slice(0, 7));
    },
  })),
  use('a header set on the request', () => ({ onRequest: ({ request }) => void request.headers.set('x-a', '1') })),
  use('the request itself handed back', () => ({
    onRequest({ request }) {
      request.headers.set('x-a', '1');
      return request;
    },
  })),
  use('a new Request of the old one', () => ({
    onRequest: ({ request }) => new Request(request, { headers: { 'x-new': '1' } }),
  })),
  use('a new Request with another method and body', () => ({
    onRequest: ({ request }) =>
      new Request(`${request.url}?more=1`, { method: 'PUT', body: 'new', headers: request.headers }),
  })),
  use(
    'a new Request with a body, of a POST',
    () => ({ onRequest: async ({ request }) => new Request(request, { body: `${await request.clone().text()}+` }) }),
    {
      call: ['POST', '/api/x', { body: { a: 1 } }],
    },
  ),
  use(
    'a body that was read',
    ({ log }) => ({
      async onRequest({ request }) {
        log.push(await request.clone().text());
      },
    }),
    { call: ['POST', '/api/x', { body: { a: 1 } }] },
  ),
  use('a clone handed back', () => ({ onRequest: ({ request }) => request.clone() }), {
    call: ['POST', '/api/x', { body: { a: 1 } }],
  }),
  use('a Response instead of a call', ({ log }) => [
    { onRequest: () => Response.json({ canned: true }, { headers: { 'x-canned': '1' } }) },
    logging(log, 'later'),
  ]),
  use('a Response of an error status instead of a call', () => ({
    onRequest: () => Response.json({ code: 'canned' }, { status: 418 }),
  })),
  use('nonsense from onRequest throws', () => ({ onRequest: () => 'nonsense' })),
  use('an exception of onRequest', ({ log }) => [
    logging(log, 'one'),
    {
      onRequest() {
        throw new RangeError('stop');
      },
    },
  ]),
  use('an exception of onResponse', ({ log }) => [
    logging(log, 'one'),
    {
      onResponse() {
        throw new RangeError('stop');
      },
    },
  ]),
  use('a new Response', () => ({
    onResponse: ({ response }) =>
      new Response(JSON.stringify({ changed: response.status }), {
        status: 201,
        headers: { 'content-type': 'application/json', 'content-length': '15' },
      }),
  })),
  use('a Response of the old body', () => ({
    onResponse: ({ response }) => new Response(response.body, { ...response, headers: response.headers, status: 202 }),
  })),
  use('an error made of a success', () => ({ onResponse: () => Response.json({ made: 1 }, { status: 500 }) })),
  use('a success made of an error', () => ({ onResponse: () => Response.json([1]) }), {
    answer: () => ({ status: 404, json: { code: 'entity.not_found', message: 'gone' } }),
  }),
  use('nonsense from onResponse throws', () => ({ onResponse: () => 'nonsense' })),
  use('reading a clone of the response', ({ log }) => ({
    async onResponse({ response }) {
      log.push(await response.clone().text(), response.bodyUsed, response.headers.get('content-type'), response.ok);
    },
  })),
  use(
    'reading the response itself leaves none',
    () => ({
      async onResponse({ response }) {
        await response.text();
      },
    }),
    { allowMessages: true },
  ),
  use('onResponse changes what the one before it gave', ({ log }) => [
    {
      async onResponse({ response }) {
        log.push(await response.clone().json());
      },
    },
    { onResponse: () => Response.json({ second: true }) },
  ]),
  use('middleware for one path only', ({ log }) => ({
    onRequest({ schemaPath }) {
      log.push(schemaPath === '/api/users/{id}');
      return undefined;
    },
  })),
  use('asynchronous middleware', ({ log }) => ({
    async onRequest({ request }) {
      await Promise.resolve();
      request.headers.set('x-a', '1');
      log.push('request');
      return request;
    },
  })),
  use('no middleware at all among them', () => [null, undefined], {
    run: async ({ apiClient }) => {
      apiClient.use();
      return [{ value: (await apiClient.GET('/api/x')).data }];
    },
    use: undefined,
  }),
  use('what use() refuses', () => [], {
    use: undefined,
    run: async ({ apiClient, settle }) => {
      try {
        apiClient.use({ other: 1 });
      } catch (error) {
        return [{ thrown: error }];
      }
      return [];
    },
  }),
  use('eject', ({ log }) => [], {
    use: undefined,
    run: async ({ apiClient, log }) => {
      const [one, two] = [logging(log, 'one'), logging(log, 'two')];
      apiClient.use(one, two);
      await apiClient.GET('/api/x');
      apiClient.eject(one);
      await apiClient.GET('/api/x');
      apiClient.eject(two, one);
      await apiClient.GET('/api/x');
      return [];
    },
  }),
  use('one middleware twice', ({ log }) => {
    const one = logging(log, 'one');
    return [one, one];
  }),
  use('onError of a network failure is asked in reverse', ({ log }) => [logging(log, 'one'), logging(log, 'two')], {
    answer: () => 'reset',
    call: ['POST', '/api/x'],
    mends: ['typed-errors'],
    official: {
      log: ['one request', 'two request', 'two error', 'one error'],
      results: [{ threw: { name: 'TypeError' } }],
    },
    ours: {
      log: ['one request', 'two request', 'two error', 'one error'],
      results: [{ threw: { name: 'TransportError' } }],
    },
  }),
  use(
    'onError: a Response handles it',
    ({ log }) => [logging(log, 'one'), { onError: () => Response.json('handled') }],
    {
      answer: () => 'reset',
      call: ['POST', '/api/x'],
    },
  ),
  use('onError: an Error replaces it', () => ({ onError: () => new RangeError('instead') }), {
    answer: () => 'reset',
    call: ['POST', '/api/x'],
  }),
  use('onError: nonsense throws', () => ({ onError: () => 'nonsense' }), {
    answer: () => 'reset',
    call: ['POST', '/api/x'],
  }),
  use('onError: nothing for an error status', ({ log }) => logging(log, 'one'), {
    answer: () => ({ status: 404, json: { message: 'gone' } }),
  }),
  use('onError: not asked for a token failure', ({ log }) => logging(log, 'one'), {
    getToken: async () => {
      throw new RangeError('no token');
    },
  }),
  use('a token failure comes before middleware', ({ log }) => logging(log, 'one'), {
    token: () => ({ status: 401, json: { message: 'no' } }),
    run: async ({ apiClient, log }) => {
      await apiClient.GET('/api/x').catch((error) => void log.push(error.name));
      return [];
    },
  }),
];
