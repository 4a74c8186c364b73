// Token stores as the façade has them. What a store does for calls is pinned by vectors; `worker-store.test.mjs` has KV, caches and Durable Objects.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import * as api from 'logto-management';
import { startRedis } from './support/redis.mjs';
import { expected, resealed, tokensFound } from './support/sealed.mjs';
import { startServer } from './support/server.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const file = JSON.parse(readFileSync(at('../../tests/token-store.json'), 'utf8'));
const insisted = process.env.LOGTO_MANAGEMENT_ENGINE;

async function start(t, options) {
  const server = await startServer();
  t.after(() => server.close());
  const client = (more) => {
    const made = api.createManagementApi('default', {
      clientId: 'app',
      clientSecret: 'the-secret',
      baseUrl: server.baseUrl,
      apiIndicator: 'https://default.logto.app/api',
      // A busy machine must not decide what comes out.
      tokenStoreTimeoutMs: 30_000,
      onWarning: ({ code, message }) => code !== 'insecure_http' && assert.fail(message),
      ...options,
      ...more,
    });
    t.after(() => made.apiClient.dispose());
    return made;
  };
  const tokens = () => server.seen.length - server.calls().length;
  return { server, client, tokens };
}

const mapStore = () => {
  const map = new Map();
  return { map, get: (key) => map.get(key), put: (key, value) => void map.set(key, value) };
};

test('seals and opens as the other doors do', async () => {
  const { outputFiles } = await build({
    entryPoints: [at('../src/engine/vault.ts')],
    bundle: true,
    write: false,
    format: 'esm',
  });
  const { derive } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  assert.deepEqual(await resealed(derive, file), expected(file));
});

test('a client finds the token that another door sealed, and asks nobody', async () => {
  const found = await tokensFound(api, file);
  assert.ok(found.length > 0);
  for (const [value, wanted] of found) {
    assert.equal(value, wanted);
  }
});

test('the native engine and WASM use each other’s tokens', async (t) => {
  const tokenStore = mapStore();
  const { client, tokens } = await start(t, { tokenStore });
  // With a `fetch`, WASM it is.
  const [own, wasm] = [client(), client({ fetch: (request) => fetch(request) })];
  await own.apiClient.GET('/api/users');
  assert.equal((await wasm.clientCredentials.getAccessToken()).value, 't1');
  assert.equal(tokens(), 1);
  tokenStore.map.clear();
  await client({ fetch: (request) => fetch(request) }).apiClient.GET('/api/users');
  assert.equal((await client().clientCredentials.getAccessToken()).value, 't2');
  assert.equal(tokens(), 2);
  assert.doesNotMatch(JSON.stringify([...tokenStore.map]), /t2|the-secret/);
});

test('what no store is, is told', () => {
  const make = (tokenStore) =>
    api.createManagementApi('default', { clientId: 'app', clientSecret: 'the-secret', tokenStore });
  for (const wrong of [5, {}, { get() {} }, 'http://127.0.0.1', 'no address']) {
    assert.throws(() => make(wrong), api.ConfigError);
  }
});

test('redis:// is for the native engine', { skip: insisted !== 'wasm' && 'this run is of the native engine' }, () => {
  assert.throws(
    () =>
      api.createManagementApi('default', {
        clientId: 'app',
        clientSecret: 'the-secret',
        tokenStore: 'redis://127.0.0.1:1',
      }),
    /native engine/,
  );
});

test('through Redis', { skip: insisted === 'wasm' && 'the WASM engine has no sockets' }, async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const { client, tokens, server } = await start(t, { tokenStore: redis.url });

  await t.test('clients that start together ask once, and later ones never', async () => {
    const calls = Array.from({ length: 20 }, () => client().apiClient.GET('/api/users'));
    for (const { response } of await Promise.all(calls)) {
      assert.equal(response.status, 200);
    }
    assert.ok(tokens() <= 3, `${tokens()} token requests`);
    const before = tokens();
    await client().apiClient.GET('/api/users');
    assert.equal(tokens(), before);
  });

  await t.test('the rate limit is shared: what one process used up, another waits for', async () => {
    // After four there is none for a quarter of an hour, so no machine is too slow for this.
    const rateLimit = { requests: 4, perMs: 3_600_000, burst: 4 };
    const options = {
      clientId: 'app',
      clientSecret: 'the-secret',
      baseUrl: server.baseUrl,
      apiIndicator: 'https://default.logto.app/api',
      tokenStoreTimeoutMs: 30_000,
      tokenStore: redis.url,
      rateLimit,
    };
    const script = `
      import { createManagementApi } from 'logto-management';
      const { apiClient } = createManagementApi('default', ${JSON.stringify(options)});
      await Promise.all([1, 2, 3, 4].map(() => apiClient.GET('/api/users')));
      process.exit();`;
    const before = server.calls().length;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: at('.') });
    assert.equal(server.calls().length - before, 4);
    // The bucket of this process is full, as a client without the store shows; the shared one is empty.
    const { apiClient } = client({ rateLimit });
    await assert.rejects(apiClient.GET('/api/users', { deadlineMs: 5000 }), api.BudgetExhaustedError);
    const alone = client({ rateLimit, tokenStore: undefined });
    assert.equal((await alone.apiClient.GET('/api/users', { deadlineMs: 5000 })).response.status, 200);
  });

  await t.test('a server that is gone costs a wait, and is told once', async () => {
    await redis.stop();
    const warnings = [];
    const { apiClient } = client({ tokenStoreTimeoutMs: 100, onWarning: ({ code }) => warnings.push(code) });
    assert.equal((await apiClient.GET('/api/users')).response.status, 200);
    assert.equal(warnings.filter((code) => code === 'token_store').length, 1);
  });
});
