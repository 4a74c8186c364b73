// The classes that calls reject with.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as api from 'logto-management';
import { startApi } from './support/server.mjs';

const commonJs = createRequire(import.meta.url)('logto-management');

const FAMILIES = {
  config: api.ConfigError,
  auth: api.ClientCredentialsError,
  transport: api.TransportError,
  api: api.ApiError,
  decode: api.DecodeError,
  redirect: api.UnexpectedRedirectError,
  budget: api.BudgetExhaustedError,
};

/** An error of a given status, as a caller gets it. */
async function errorOfStatus(t, module, status) {
  const { apiClient } = await startApi(
    t,
    module,
    () => ({ status, json: { message: 'm' }, headers: { 'retry-after': '60' } }),
    { retries: 0 },
  );
  return module.errorOf(await apiClient.GET('/api/x'));
}

test('every error name of the core has its class', () => {
  assert.ok(api.errorNames.length > 20);
  for (const name of api.errorNames) {
    assert.ok(FAMILIES[name.split('.')[0]], `${name} has no class: add one in src/errors.ts, here and to the README`);
  }
  const used = new Set(api.errorNames.map((name) => name.split('.')[0]));
  assert.deepEqual([...used].sort(), Object.keys(FAMILIES).sort());
});

test('an error is of its class and of LogtoError, and of no other', async (t) => {
  const error = await errorOfStatus(t, api, 404);
  assert.equal(error.name, 'ApiError');
  assert.equal(error.constructor, api.ApiError);
  assert.ok(error instanceof Error && error instanceof api.LogtoError && error instanceof api.ApiError);
  for (const other of Object.values(FAMILIES).filter((each) => each !== api.ApiError)) {
    assert.ok(!(error instanceof other), other.name);
  }
  assert.ok(
    !(new Error('x') instanceof api.LogtoError) && !(null instanceof api.LogtoError) && !({} instanceof api.ApiError),
  );
});

test('instanceof holds across copies of the package', async (t) => {
  assert.notEqual(commonJs.ApiError, api.ApiError);
  const error = await errorOfStatus(t, commonJs, 409);
  assert.ok(error instanceof api.ApiError && error instanceof api.LogtoError && !(error instanceof api.ConfigError));
});

test('instanceof holds across engines', async (t) => {
  // A `fetch` of the caller's own goes under the WASM engine, whatever the client's is.
  const { apiClient } = await startApi(t, api, () => ({ status: 404, json: { message: 'm' } }), { retries: 0 });
  const own = { fetch: (request) => globalThis.fetch(request) };
  for (const error of [
    api.errorOf(await apiClient.GET('/api/x')),
    api.errorOf(await apiClient.GET('/api/x', own)),
    api.errorOf(await apiClient.GET('/api/x', { fetch: async () => new Response('no', { status: 404 }) })),
  ]) {
    for (const { ApiError, LogtoError, TransportError } of [api, commonJs]) {
      assert.ok(error instanceof ApiError && error instanceof LogtoError && !(error instanceof TransportError));
    }
  }
});

test("a subclass of the user's own is asked as usual", async (t) => {
  class Mine extends api.ApiError {}
  const error = await errorOfStatus(t, api, 404);
  assert.ok(!(error instanceof Mine));
});

test('each status has its reason', async (t) => {
  const reasons = {
    400: 'api.bad_request',
    401: 'api.unauthorized',
    403: 'api.forbidden',
    404: 'api.not_found',
    409: 'api.conflict',
    418: 'api.error',
    422: 'api.unprocessable',
    429: 'api.rate_limited',
    500: 'api.server_error',
  };
  for (const [status, reason] of Object.entries(reasons)) {
    assert.equal((await errorOfStatus(t, api, Number(status))).reason, reason);
  }
});

test('an error prints what is known, and only that', async (t) => {
  const error = await errorOfStatus(t, api, 429);
  assert.equal(error.retryAfterMs, 60_000);
  assert.deepEqual(
    { ...error },
    { reason: 'api.rate_limited', status: 429, method: 'GET', route: '/api/x', attempts: 1, retryAfterMs: 60_000 },
  );
  assert.match(error.message, /^GET \/api\/x: 429 m/);
});

test('a refused token request says what the server said, and never the secret', async (t) => {
  const token = () => ({
    status: 401,
    json: {
      code: 'oidc.invalid_client',
      message: 'Invalid client provided.',
      error: 'invalid_client',
      error_description: 'client authentication failed',
    },
  });
  const { apiClient, clientCredentials } = await startApi(t, api, undefined, { token });
  for (const call of [
    () => apiClient.GET('/api/x'),
    () => clientCredentials.getAccessToken(),
    () => apiClient.paginate('/api/users').then((page) => page),
  ]) {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof api.ClientCredentialsError);
      assert.equal(error.name, 'ClientCredentialsError');
      assert.equal(error.reason, 'auth.invalid_client');
      assert.match(
        error.message,
        /^Failed to fetch access token: 401 Unauthorized. oidc.invalid_client: .*client authentication failed/,
      );
      assert.ok(error.hint);
      for (const text of [
        inspect(error, { showHidden: true, depth: 10 }),
        inspect(apiClient, { showHidden: true, depth: 10 }),
        inspect(clientCredentials, { showHidden: true, depth: 10 }),
      ]) {
        assert.ok(!text.includes('the-secret'));
      }
      return true;
    });
  }
});

test('no connection is a TransportError', async (t) => {
  const { apiClient, server } = await startApi(t, api, undefined, { retries: 0 });
  await server.close();
  await assert.rejects(apiClient.GET('/api/.well-known/x'), (error) => {
    assert.ok(error instanceof api.TransportError && error.reason === 'transport.connect');
    // As below an error of `fetch`: its own, or directly the system's.
    const codes = [error.cause?.code, error.cause?.cause?.code];
    assert.ok(codes.includes('ECONNREFUSED'), inspect(error));
    return true;
  });
  server.close = async () => {};
});

test('wrong options are told at once, by their names', () => {
  const make = (options) => () => api.createManagementApi('default', { clientId: 'a', clientSecret: 'b', ...options });
  assert.throws(
    make({ retrys: 1 }),
    (error) =>
      error instanceof api.ConfigError && error.message.includes('retrys') && error.message.includes('retries'),
  );
  assert.throws(make({ retries: -1 }), api.ConfigError);
  assert.throws(make({ baseUrl: 'ftp://x' }), api.ConfigError);
  assert.throws(make({ clientId: '' }), api.ConfigError);
  assert.throws(
    make({ clientSecret: 987654 }),
    (error) => error instanceof api.ConfigError && !error.message.includes('987654'),
  );
  assert.throws(
    make({ clientSecret: undefined }),
    (error) => error instanceof api.ConfigError && /client id and secret/.test(error.message),
  );
  assert.throws(() => api.createManagementApi('not a tenant', { clientId: 'a', clientSecret: 'b' }), api.ConfigError);
});

test('what a fetch of the caller throws is the cause', async (t) => {
  const thrown = new RangeError('of the fetch');
  const fetch = () => Promise.reject(thrown);
  const { apiClient } = await startApi(t, api, undefined, { retries: 0 });
  await assert.rejects(
    apiClient.GET('/api/x', { fetch }),
    (error) => error instanceof api.TransportError && error.cause === thrown,
  );
  const leaky = async ({ url }) => {
    throw new TypeError(`could not load ${url}`);
  };
  await assert.rejects(apiClient.GET('/api/x', { fetch: leaky, params: { query: { q: 'private' } } }), (error) => {
    assert.ok(error instanceof api.TransportError && error.cause instanceof Error);
    return !inspect(error).includes('private');
  });
});

test('an error has the members that it is documented with', async (t) => {
  const { apiClient } = await startApi(
    t,
    api,
    () => ({
      status: 429,
      json: { code: 'request.x', message: 'm' },
      headers: { 'retry-after': '7', 'logto-core-request-id': 'id-3' },
    }),
    { retries: 0 },
  );
  const error = api.errorOf(await apiClient.GET('/api/x'));
  const { name, code, status, requestId, retryAfterMs, cause } = error;
  assert.deepEqual(
    { name, code, status, requestId, retryAfterMs, cause },
    { name: 'ApiError', code: 'request.x', status: 429, requestId: 'id-3', retryAfterMs: 7000, cause: undefined },
  );
});
