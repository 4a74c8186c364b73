// Where this package differs from `@logto/api`, on purpose: the only differences that the table of cases allows. npm/README.md shows them ("What changes when you switch"), in these words.
//
// `pinned` names what holds a mend that no case can show in a moment.
export const MENDS = {
  'success': {
    official: 'a success that is no JSON (`Created` as text, an empty answer, XML, a picture) throws a `SyntaxError`',
    ours: '`data` is `undefined`, a string or bytes',
    reason: '14 operations answer so, `POST /api/roles/{id}/users` among them',
  },
  'search-params': {
    official: '`search_params: { joint: "and", … }` finds the wrong users',
    ours: 'it finds the right ones',
    reason: 'the server reads bare keys (`search.username`, `joint`)',
  },
  'retries': {
    official: 'a broken connection, 429 or 503 is yours to deal with',
    ours: 'the call is tried again where that is safe; `retries: 0` switches it off',
    reason: 'networks fail, and a POST must not be sent twice',
  },
  'rate-limit': {
    official: 'calls beyond the limit of Logto Cloud are answered by 429',
    ours: 'they wait their turn; `rateLimit: false` switches it off',
    reason: 'the limit is 200 requests in 10 s for a tenant',
    pinned: 'tests/vectors/limit',
  },
  'timeouts': {
    official: 'a server that never answers is waited for without end',
    ours: '10 s for a connection, 30 s for a request (`timeoutMs`)',
    reason: 'a call must end',
    pinned: 'tests/vectors/retry/timeout_of_a_read.json',
  },
  'one-token': {
    official: 'calls at the same time ask for a token each',
    ours: 'they share one token request',
    reason: 'the token endpoint has a limit too',
  },
  'renewal': {
    official: 'a token that the API refuses is used until it ends',
    ours: 'it is renewed, and the call sent once more',
    reason: 'keys are rotated, roles change',
  },
  'token-errors': {
    official: '`ClientCredentialsError` says the status',
    ours: "its message goes on with Logto's code and words, and the likely cause",
    reason: 'to know what to do',
  },
  'unknown-lifetime': {
    official: 'a token without `expires_in` is an error',
    ours: 'it is used for 5 minutes',
    reason: 'RFC 6749, section 5.1, only recommends it',
  },
  'typed-errors': {
    official: 'a failing network is a `TypeError`, broken JSON a `SyntaxError`',
    ours: 'a `TransportError`, a `DecodeError`, with `reason`, `status`, `requestId`, `cause`',
    reason: 'to tell one failure from another',
  },
  'warn-once': {
    official: 'a scope that is not `all` warns at every call',
    ours: 'it warns once (`onWarning`, or `console.warn`), `getAccessToken` too',
    reason: 'once is enough',
  },
  'trailing-slash': {
    official: 'a `baseUrl` that ends with `/` asks for tokens at `//oidc/token`',
    ours: 'the slash is dropped',
    reason: 'the server answers 404 there',
  },
  'basic-credentials': {
    official: 'the client secret is sent in the form',
    ours: "in the `Authorization` header; `clientAuth: 'post'` for the form",
    reason: 'RFC 6749, section 2.3.1; forms end up in logs',
  },
  'public-status': {
    official: '`/api/status` is called with a token',
    ours: 'without one, as `/.well-known/` paths are',
    reason: 'a health check must not depend on the token endpoint',
  },
  'own-origin': {
    official: '`baseUrl` of a call receives the token, whoever it is',
    ours: "only the client's own origin does",
    reason: 'a token is a key to the tenant',
  },
  'redirects': {
    official: 'redirects are followed',
    ours: 'an `UnexpectedRedirectError`',
    reason: 'as above',
  },
  'redacted': {
    official: 'an error body that repeats the token hands it on',
    ours: 'the token is blotted out in it',
    reason: 'errors end up in logs',
  },
  'route-kept': {
    official: '`.`, `..` or an empty path parameter leads to another route',
    ours: 'a `ConfigError`',
    reason: 'ids come from outside',
  },
  'size-limits': {
    official: 'a JSON body over 1 MiB is answered by 404; an answer may have any size',
    ours: 'a `ConfigError` before it is sent; answers over 64 MiB reject (`maxResponseBytes`)',
    reason: "it is the server's limit, and memory is not endless",
  },
  'options-checked': {
    official: 'an option that does not exist is ignored',
    ours: 'a `ConfigError` names it',
    reason: 'a typing mistake must not go unnoticed',
  },
  'whole-bodies': {
    official: 'bodies are streamed',
    ours: 'a body is sent and received as a whole; `Content-Length` says its size',
    reason: 'so that a call can be tried again',
  },
  'transport-headers': {
    official:
      "requests carry fetch's own headers (`Sec-Fetch-Mode`, `Accept-Language`, `User-Agent: node`, `Cache-Control` beside a condition)",
    ours: '`User-Agent: logto-management/…` and `Accept`',
    reason: "they are a browser's",
  },
};
