// Tokens, warnings and the environment, as the façade has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from 'logto-management/management';
import { startApi, startServer } from './support/server.mjs';

const echo = ({ headers }) => ({ json: headers });

test('getAccessToken gives value, seconds and scope, and asks once', async (t) => {
  const { clientCredentials, server } = await startApi(t, api);
  const before = Math.floor(Date.now() / 1000);
  const tokens = await Promise.all(Array.from({ length: 50 }, () => clientCredentials.getAccessToken()));
  assert.deepEqual(Object.keys(tokens[0]), ['value', 'expiresAt', 'scope']);
  assert.deepEqual([tokens[0].value, tokens[0].scope], ['t1', 'all']);
  assert.ok(
    Number.isInteger(tokens[0].expiresAt) &&
      tokens[0].expiresAt >= before + 3600 &&
      tokens[0].expiresAt <= before + 3660,
  );
  assert.deepEqual(tokens.at(-1), tokens[0]);
  assert.equal(server.seen.length, 1);
});

test('a token without the scope warns once, and a 403 then says why', async (t) => {
  const warnings = [];
  const token = () => ({ json: { access_token: 't', expires_in: 3600, token_type: 'Bearer' } });
  const { apiClient, clientCredentials } = await startApi(
    t,
    api,
    () => ({ status: 403, json: { code: 'auth.forbidden', message: 'Forbidden' } }),
    { token, onWarning: (warning) => warnings.push(warning) },
  );
  assert.equal('scope' in (await clientCredentials.getAccessToken()), false);
  const result = await apiClient.GET('/api/users');
  assert.match(api.errorOf(result).hint, /Logto Management API access/);
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['scope'],
  );
});

test("warnings go to the console unless told otherwise, and a throwing onWarning is nobody's failure", async (t) => {
  const token = () => ({ json: { access_token: 't', expires_in: 3600, token_type: 'Bearer' } });
  const said = t.mock.method(console, 'warn', () => {});
  const first = await startApi(t, api, undefined, { token });
  await first.apiClient.GET('/api/x');
  assert.equal(said.mock.callCount(), 1);
  assert.match(said.mock.calls[0].arguments[0], /^logto-management: .*"all"/);
  const second = await startApi(t, api, undefined, {
    token,
    onWarning() {
      throw new Error('mine');
    },
  });
  assert.equal((await second.apiClient.GET('/api/x')).response.status, 200);
});

test('createApiClient: getToken is asked for each request, and not for .well-known', async (t) => {
  const server = await startServer(echo);
  t.after(() => server.close());
  let asked = 0;
  const client = api.createApiClient({ baseUrl: `${server.baseUrl}//`, getToken: async () => `mine-${(asked += 1)}` });
  t.after(() => client.dispose());
  assert.equal((await client.GET('/api/x')).data.authorization, 'Bearer mine-1');
  assert.equal((await client.GET('/api/x')).data.authorization, 'Bearer mine-2');
  assert.equal((await client.GET('/api/.well-known/sign-in-exp')).data.authorization, undefined);
  assert.equal(asked, 2);
  assert.ok(server.seen.every(({ path }) => path.startsWith('/api/')));
});

test('createApiClient: after a 401, getToken is asked once more', async (t) => {
  const server = await startServer(({ headers }) =>
    headers.authorization === 'Bearer good'
      ? { json: 'ok' }
      : { status: 401, json: { code: 'auth.unauthorized', message: 'no' } },
  );
  t.after(() => server.close());
  const tokens = ['stale', 'good', 'bad', 'bad', 'bad'];
  const client = api.createApiClient({ baseUrl: server.baseUrl, getToken: async () => tokens.shift() });
  t.after(() => client.dispose());
  assert.equal((await client.GET('/api/x')).data, 'ok');
  assert.equal((await client.GET('/api/x')).response.status, 401);
  assert.equal(tokens.length, 1);
});

test('createApiClient: what getToken throws comes back as it was thrown, to the call that it failed', async (t) => {
  const server = await startServer(echo);
  t.after(() => server.close());
  let asked = 0;
  const client = api.createApiClient({
    baseUrl: server.baseUrl,
    async getToken() {
      asked += 1;
      throw { number: asked };
    },
  });
  t.after(() => client.dispose());
  const thrown = await Promise.all(
    Array.from({ length: 20 }, () => client.GET('/api/x').catch((error) => error.number)),
  );
  assert.deepEqual(
    thrown.sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, at) => at + 1),
  );
  assert.deepEqual(await client.paginate('/api/users').then(null, (error) => error), { number: 21 });
  assert.equal(server.seen.length, 0);
});

test('createApiClient: a token that is no string is an error', async (t) => {
  const server = await startServer(echo);
  t.after(() => server.close());
  const client = api.createApiClient({ baseUrl: server.baseUrl, getToken: async () => undefined });
  t.after(() => client.dispose());
  await assert.rejects(client.GET('/api/x'), TypeError);
});

test('createApiClient: a call aborted while getToken thinks ends, and sends nothing', async (t) => {
  const server = await startServer(echo);
  t.after(() => server.close());
  const aborter = new AbortController();
  // Each time that getToken is asked, what gives it its answer is put here.
  const questions = [];
  let onQuestion = () => {};
  const question = async () => {
    if (questions.length === 0) {
      await new Promise((resolve) => {
        onQuestion = resolve;
      });
    }
    return questions.shift();
  };
  const client = api.createApiClient({
    baseUrl: server.baseUrl,
    getToken: () =>
      new Promise((resolve) => {
        questions.push(resolve);
        onQuestion();
      }),
  });
  t.after(() => client.dispose());
  const call = client.GET('/api/x', { signal: aborter.signal });
  const giveLate = await question();
  aborter.abort();
  await assert.rejects(call, { name: 'AbortError' });
  giveLate('late');
  const next = client.GET('/api/x');
  const give = await question();
  give('mine');
  assert.equal((await next).data.authorization, 'Bearer mine');
  assert.equal(server.seen.length, 1);
});

test('createManagementApiFromEnv reads the variables, what is given beside them wins, and what is missing is named', async (t) => {
  const server = await startServer(echo);
  t.after(() => server.close());
  const env = {
    LOGTO_ENDPOINT: server.baseUrl,
    LOGTO_CLIENT_ID: 'id',
    LOGTO_CLIENT_SECRET: 'se+cret',
    LOGTO_API_INDICATOR: 'https://indicator.example/api',
    KV: { get() {} },
  };
  const { apiClient } = api.createManagementApiFromEnv(env);
  t.after(() => apiClient.dispose());
  await apiClient.GET('/api/x');
  const form = new URLSearchParams(server.seen[0].body);
  assert.equal(form.get('resource'), 'https://indicator.example/api');
  assert.equal(server.seen[0].headers.authorization, `Basic ${btoa('id:se%2Bcret')}`);

  const other = api.createManagementApiFromEnv(env, {
    clientId: 'other',
    apiIndicator: 'https://other.example/api',
    retries: 0,
  });
  t.after(() => other.apiClient.dispose());
  await other.clientCredentials.getAccessToken();
  assert.equal(server.seen.at(-1).headers.authorization, `Basic ${btoa('other:se%2Bcret')}`);
  assert.equal(new URLSearchParams(server.seen.at(-1).body).get('resource'), 'https://other.example/api');

  assert.throws(
    () => api.createManagementApiFromEnv({ LOGTO_CLIENT_ID: 'id' }),
    (error) =>
      error instanceof api.ConfigError &&
      /LOGTO_CLIENT_SECRET/.test(error.message) &&
      /LOGTO_ENDPOINT/.test(error.message) &&
      !/LOGTO_CLIENT_ID/.test(error.message),
  );
});

test('the constants of the official package', () => {
  assert.equal(api.getBaseUrl('abc'), 'https://abc.logto.app');
  assert.equal(api.getManagementApiIndicator('abc'), 'https://abc.logto.app/api');
  assert.equal(api.allScope, 'all');
});
