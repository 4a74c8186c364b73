// What the official package's own tests cover, in our words: its exports, its client, its tokens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allScope,
  ClientCredentials,
  ClientCredentialsError,
  createApiClient,
  createManagementApi,
  getBaseUrl,
  getManagementApiIndicator,
} from 'logto-management/management';
import { startApi, startServer } from '../support/server.mjs';
import { onTestingClock } from '../support/testing.mjs';

const api = { createManagementApi };
const tokenRequests = (server) => server.seen.filter(({ path }) => path === '/oidc/token');

test('a tenant has a base url and an indicator, and all is the scope', () => {
  assert.equal(getBaseUrl('t1'), 'https://t1.logto.app');
  assert.equal(getManagementApiIndicator('t1'), 'https://t1.logto.app/api');
  assert.equal(allScope, 'all');
});

test('createManagementApi makes a client and its credentials', () => {
  const { apiClient, clientCredentials } = createManagementApi('t1', { clientId: 'app', clientSecret: 'secret' });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'use', 'eject']) {
    assert.equal(typeof apiClient[method], 'function', method);
  }
  assert.ok(clientCredentials instanceof ClientCredentials);
  apiClient.dispose();
});

test('the token is asked for as the tenant needs it', async () => {
  const seen = [];
  const fetch = async (request) => {
    seen.push({ url: request.url, form: new URLSearchParams(await request.clone().text()) });
    return request.url.endsWith('/oidc/token')
      ? Response.json({ access_token: 'a', expires_in: 3600, token_type: 'Bearer', scope: 'all' })
      : Response.json([]);
  };
  const { apiClient } = createManagementApi('t1', { clientId: 'app', clientSecret: 'secret', fetch });
  await apiClient.GET('/api/roles');
  apiClient.dispose();
  assert.deepEqual(
    seen.map(({ url }) => url),
    ['https://t1.logto.app/oidc/token', 'https://t1.logto.app/api/roles'],
  );
  const [{ form }] = seen;
  assert.equal(form.get('grant_type'), 'client_credentials');
  assert.equal(form.get('resource'), 'https://t1.logto.app/api');
  assert.equal(form.get('scope'), 'all');
});

test('baseUrl and apiIndicator take the place of the tenant', async (t) => {
  const { server, apiClient } = await startApi(t, api);
  await apiClient.GET('/api/roles');
  assert.equal(new URLSearchParams(tokenRequests(server)[0].body).get('resource'), 'https://default.logto.app/api');
});

test('calls carry the token; well-known ones do not', async (t) => {
  const { server, apiClient } = await startApi(t, api);
  await apiClient.GET('/api/.well-known/sign-in-exp');
  assert.equal(tokenRequests(server).length, 0);
  assert.equal(server.calls()[0].headers.authorization, undefined);
  await apiClient.GET('/api/roles');
  assert.equal(server.calls()[1].headers.authorization, 'Bearer t1');
});

test('createApiClient asks getToken for each call', async (t) => {
  const server = await startServer();
  let tokens = 0;
  const client = createApiClient({ baseUrl: server.baseUrl, getToken: async () => `mine-${(tokens += 1)}` });
  t.after(async () => {
    client.dispose();
    await server.close();
  });
  await client.GET('/api/roles');
  await client.GET('/api/roles');
  assert.deepEqual(
    server.calls().map(({ headers }) => headers.authorization),
    ['Bearer mine-1', 'Bearer mine-2'],
  );
  assert.equal(tokenRequests(server).length, 0);
});

test('a getToken that fails rejects the call with what it threw', async (t) => {
  const server = await startServer();
  const failure = new RangeError('no token');
  const client = createApiClient({ baseUrl: server.baseUrl, getToken: () => Promise.reject(failure) });
  t.after(async () => {
    client.dispose();
    await server.close();
  });
  await assert.rejects(client.GET('/api/roles'), failure);
  assert.equal(server.calls().length, 0);
});

test('a token is kept, and shared with the calls', async (t) => {
  const { server, apiClient, clientCredentials } = await startApi(t, api);
  const before = Math.floor(Date.now() / 1000);
  const first = await clientCredentials.getAccessToken();
  assert.deepEqual([first.value, first.scope], ['t1', 'all']);
  assert.ok(Number.isInteger(first.expiresAt) && first.expiresAt >= before + 3599);
  assert.deepEqual(await clientCredentials.getAccessToken(), first);
  await apiClient.GET('/api/roles');
  assert.equal(tokenRequests(server).length, 1);
});

test('a token that has ended is asked for again', async (t) => {
  let clock;
  const testing = onTestingClock((handle) => (clock = handle));
  const { server, clientCredentials } = await startApi(t, api, undefined, testing);
  const first = await clientCredentials.getAccessToken();
  clock.advance(3_599_000);
  const second = await clientCredentials.getAccessToken();
  assert.deepEqual([first.value, second.value], ['t1', 't2']);
  assert.ok(second.expiresAt > first.expiresAt);
  assert.equal(tokenRequests(server).length, 2);
});

test('a refusal is a ClientCredentialsError with the status', async (t) => {
  const refusal = { error: 'invalid_client', error_description: 'client authentication failed' };
  const token = () => ({ status: 401, json: refusal });
  const { clientCredentials, apiClient } = await startApi(t, api, undefined, { token });
  const check = (error) => {
    assert.ok(error instanceof ClientCredentialsError && error instanceof Error);
    assert.equal(error.name, 'ClientCredentialsError');
    assert.match(error.message, /^Failed to fetch access token: 401 Unauthorized/);
    assert.match(error.message, /client authentication failed/);
    return true;
  };
  await assert.rejects(clientCredentials.getAccessToken(), check);
  await assert.rejects(apiClient.GET('/api/roles'), check);
});

test('an answer that is no token is a ClientCredentialsError', async (t) => {
  for (const json of [{}, null, [], { expires_in: 3600 }]) {
    const { clientCredentials } = await startApi(t, api, undefined, { token: () => ({ json }), retries: 0 });
    await assert.rejects(clientCredentials.getAccessToken(), {
      name: 'ClientCredentialsError',
      message: /^Invalid response from token endpoint/,
    });
  }
});

test('a scope that is not all is warned of', async (t) => {
  const token = () => ({ json: { access_token: 'a', expires_in: 3600, token_type: 'Bearer', scope: '' } });
  const warnings = [];
  const { apiClient } = await startApi(t, api, undefined, { token, onWarning: (warning) => warnings.push(warning) });
  await apiClient.GET('/api/roles');
  await apiClient.GET('/api/roles');
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['scope'],
  );
  assert.match(warnings[0].message, /scope/);
});
