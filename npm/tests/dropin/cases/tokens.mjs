// Tokens, the other ways to make a client, and the package's other functions.
import { settle } from '../run.mjs';
import { echo } from './echo.mjs';

const issued = (more) => (_, nth) => ({
  json: { access_token: `t${nth + 1}`, expires_in: 3600, token_type: 'Bearer', scope: 'all', ...more },
});

/** What `getAccessToken` gives, without the moment. */
const token = async ({ clientCredentials }) => {
  const { value, expiresAt, scope, ...rest } = await clientCredentials.getAccessToken();
  return {
    value,
    scope,
    rest,
    inAnHour: Math.abs(expiresAt - Date.now() / 1000 - 3600) < 5,
    whole: Number.isInteger(expiresAt),
  };
};

export default [
  { name: 'token: what getAccessToken gives', token: issued(), run: async (made) => [{ value: await token(made) }] },
  ...[undefined, 'other'].map((scope) => ({
    name: `token: with the scope ${scope}`,
    token: issued({ scope }),
    run: async (made) => [{ value: await token(made) }],
    mends: ['warn-once'],
    official: { results: [{ value: { value: 't1', inAnHour: true, rest: {} } }], warnings: [] },
    ours: { results: [{ value: { value: 't1', inAnHour: true, rest: {} } }], warnings: [/scope/] },
  })),
  {
    name: 'token: of an unknown lifetime',
    token: issued({ expires_in: undefined }),
    run: async ({ clientCredentials }) => [await settle(clientCredentials.getAccessToken())],
    mends: ['unknown-lifetime'],
    official: { results: [{ threw: { message: 'Invalid or missing expires_in in token response' } }] },
    ours: { results: [{ value: { value: 't1' } }] },
  },
  { name: 'token: of the simulator', run: async (made) => [{ value: { ...(await token(made)), value: undefined } }] },
  {
    name: 'token: one for two calls in turn',
    token: issued(),
    calls: [
      ['GET', '/api/x'],
      ['GET', '/api/y'],
    ],
    answer: ({ headers }) => ({ json: headers.authorization }),
  },
  {
    name: 'token: shared with getAccessToken',
    token: issued(),
    answer: ({ headers }) => ({ json: headers.authorization }),
    run: async ({ apiClient, clientCredentials }) => [
      { value: (await clientCredentials.getAccessToken()).value },
      { value: (await apiClient.GET('/api/x')).data },
    ],
  },
  {
    name: 'token: the request for one',
    token: issued(),
    tokens: true,
    call: ['GET', '/api/x'],
    answer: echo,
    mends: ['basic-credentials'],
    official: {
      wire: [
        {
          method: 'POST',
          target: '/oidc/token',
          body: /client_secret=/,
          headers: { 'content-type': 'application/x-www-form-urlencoded', 'authorization': undefined },
        },
        {},
      ],
    },
    ours: {
      wire: [
        {
          method: 'POST',
          target: '/oidc/token',
          body: (body) =>
            !body.includes('client_secret') &&
            body.includes('grant_type=client_credentials') &&
            body.includes('scope=all'),
          headers: { 'content-type': 'application/x-www-form-urlencoded', 'authorization': /^Basic / },
        },
        {},
      ],
    },
  },
  {
    name: 'token: many calls at once make one',
    token: issued(),
    tokens: true,
    answer: echo,
    run: async ({ apiClient }) => Promise.all(Array.from({ length: 5 }, () => settle(apiClient.GET('/api/x')))),
    mends: ['one-token', 'basic-credentials'],
    official: { wire: (wire) => wire.filter(({ target }) => target === '/oidc/token').length === 5 },
    ours: { wire: (wire) => wire.filter(({ target }) => target === '/oidc/token').length === 1 },
  },
  {
    name: 'token: one that the API refuses',
    token: issued(),
    call: ['POST', '/api/x', { body: { a: 1 } }],
    answer: ({ headers, body }) =>
      headers.authorization === 'Bearer t1' ? { status: 401, json: { code: 'auth.unauthorized' } } : { json: { body } },
    mends: ['renewal'],
    official: { results: [{ response: { status: 401 } }], wire: [{}] },
    ours: { results: [{ data: { body: '{"a":1}' } }], wire: [{}, { headers: { authorization: 'Bearer t2' } }] },
  },
  {
    name: 'token: a scope that is not all warns',
    token: issued({ scope: undefined }),
    calls: [
      ['GET', '/api/x'],
      ['GET', '/api/x'],
      ['GET', '/api/x'],
    ],
    answer: echo,
    mends: ['warn-once'],
    official: { warnings: [/scope "undefined"/, /scope/, /scope/] },
    ours: { warnings: [/scope/] },
  },
  {
    name: 'token: none for .well-known',
    tokens: true,
    call: ['GET', '/api/.well-known/sign-in-exp'],
  },
  {
    name: 'token: none for /api/status',
    tokens: true,
    call: ['GET', '/api/status'],
    mends: ['public-status', 'basic-credentials'],
    official: {
      wire: [{ target: '/oidc/token' }, { target: '/api/status', headers: { authorization: 'Bearer (token)' } }],
    },
    ours: {
      wire: [{ target: '/api/status', headers: { authorization: undefined } }],
      results: [{ response: { ok: true } }],
    },
  },

  { name: 'getToken: its token is sent', getToken: async () => 'mine', call: ['GET', '/api/x'], answer: echo },
  {
    name: 'getToken: overwrites an Authorization',
    getToken: async () => 'mine',
    call: ['GET', '/api/x', { headers: { authorization: 'Basic x' } }],
    answer: echo,
  },
  {
    name: 'getToken: not asked for .well-known',
    getToken: async () => {
      throw new Error('asked');
    },
    call: ['GET', '/api/.well-known/sign-in-exp'],
    answer: echo,
  },
  {
    name: 'getToken: what it throws rejects the call',
    getToken: async () => {
      throw new RangeError('no token');
    },
    call: ['GET', '/api/x'],
    answer: echo,
  },
  {
    name: 'getToken: what it throws may be no Error',
    getToken: () => Promise.reject('no token'),
    call: ['GET', '/api/x'],
    answer: echo,
  },
  {
    name: 'getToken: asked for each call',
    getToken: (() => {
      let count = 0;
      return async () => `t${(count++ % 3) + 1}`;
    })(),
    calls: [
      ['GET', '/api/x'],
      ['POST', '/api/x', { body: 1 }],
      ['GET', '/api/y'],
    ],
    answer: echo,
  },
  {
    name: 'getToken: middleware sees its token',
    getToken: async () => 'mine',
    call: ['GET', '/api/x'],
    use: ({ log }) => [{ onRequest: ({ request }) => void log.push(request.headers.get('authorization')) }],
    answer: echo,
  },

  {
    name: 'functions: getBaseUrl, getManagementApiIndicator, allScope',
    run: async ({ api }) => [{ value: [api.getBaseUrl('t'), api.getManagementApiIndicator('t'), api.allScope] }],
  },
  {
    name: 'functions: what the client has',
    run: async ({ apiClient, clientCredentials }) => [
      {
        value: ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'request', 'use', 'eject'].map(
          (name) => typeof apiClient[name],
        ),
      },
      { value: typeof clientCredentials.getAccessToken },
    ],
  },
  {
    name: 'functions: methods without their object',
    run: async ({ apiClient: { GET, POST, request, use } }) => [
      await settle(GET('/api/x')),
      await settle(POST('/api/x', { body: {} })),
      await settle(request('get', '/api/x')),
      { value: typeof use },
    ],
    answer: echo,
  },
  {
    name: 'options: one that does not exist',
    client: { clientID: 'x' },
    call: ['GET', '/api/x'],
    answer: echo,
    mends: ['options-checked'],
    official: { results: [{ response: { status: 200 } }] },
    ours: { results: [{ threw: { name: 'ConfigError', message: /clientID/ } }] },
  },
  {
    name: 'options: of RequestInit, for a call',
    call: [
      'GET',
      '/api/x',
      {
        cache: 'no-store',
        mode: 'cors',
        credentials: 'omit',
        integrity: '',
        keepalive: true,
        referrerPolicy: 'no-referrer',
      },
    ],
    answer: echo,
    ignoreWireHeaders: ['cache-control', 'pragma'],
  },
  {
    name: 'options: a fetch for a call',
    run: async ({ apiClient, log }) => {
      const fetch = async (request) => {
        log.push(request instanceof Request, request.method, new URL(request.url).pathname, request.headers.get('x-a'));
        return Response.json({ canned: true }, { status: 203 });
      };
      return [await settle(apiClient.GET('/api/x', { fetch, headers: { 'x-a': '1' } }))].map(({ value, thrown }) => ({
        value: thrown ? String(thrown) : { data: value.data, status: value.response.status },
      }));
    },
  },
];
