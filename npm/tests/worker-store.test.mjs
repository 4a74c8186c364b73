// Token stores in workerd: KV, the Cache API, a Durable Object. A hundred copies of a Worker are a hundred isolates, which share nothing but the store.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer } from './support/server.mjs';
import { expected } from './support/sealed.mjs';
import { startWorker } from './workerd/start.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const ISOLATES = 100;
/** What waits at the store in these tests is the machine, that does all of it at once. */
const PATIENT = '30000';

async function start(t, entry, { bindings, bundling, ...options }) {
  const server = await startServer(() => ({ json: [], headers: { 'total-number': '0' } }));
  const worker = await startWorker(
    at(entry),
    {
      ...options,
      bindings: {
        LOGTO_ENDPOINT: server.baseUrl,
        LOGTO_CLIENT_ID: 'm2m-app',
        LOGTO_CLIENT_SECRET: 'm2m-secret',
        ...bindings,
      },
    },
    bundling,
  );
  t.after(async () => {
    await worker.dispose();
    await server.close();
  });
  return { worker, server, tokens: () => server.seen.length - server.calls().length };
}

/** Calls a Worker, and sees that no call in it failed, nor was anything warned of but plain http. */
async function call(isolate, path) {
  const outcomes = await (await isolate.fetch(`http://worker.local/${path}`)).json();
  for (const { status, warnings } of outcomes) {
    assert.equal(status, 200);
    assert.deepEqual(
      warnings.filter((code) => code !== 'insecure_http'),
      [],
    );
  }
}

test('KV: a hundred cold isolates, one after another, make one token request', async (t) => {
  const { worker, tokens } = await start(t, 'workerd/store-worker.mjs', {
    kvNamespaces: ['TOKENS'],
    isolates: ISOLATES,
    bindings: { STORE_TIMEOUT: PATIENT },
  });
  for (const isolate of worker.isolates) {
    await call(await isolate, 'kv');
  }
  assert.equal(tokens(), 1);
});

test('KV: a hundred cold isolates at once make at most two token requests', async (t) => {
  const { worker, tokens, server } = await start(t, 'workerd/store-worker.mjs', {
    kvNamespaces: ['TOKENS'],
    isolates: ISOLATES,
    bindings: { STORE_TIMEOUT: PATIENT },
  });
  const isolates = await Promise.all(worker.isolates);
  await Promise.all(isolates.map((isolate) => call(isolate, 'kv')));
  assert.equal(server.calls().length, ISOLATES);
  assert.ok(tokens() >= 1 && tokens() <= 2, `${tokens()} token requests`);
});

test('the Cache API: what one client got, the others find', async (t) => {
  const { worker, tokens } = await start(t, 'workerd/store-worker.mjs', { bindings: { STORE_TIMEOUT: PATIENT } });
  await call(worker, 'cache');
  await call(worker, 'cache?clients=50');
  assert.equal(tokens(), 1);
});

test('a Durable Object: a hundred isolates at once make one token request', async (t) => {
  const { worker, tokens, server } = await start(t, '../smoke/durable-object/src/index.js', {
    durableObjects: { TOKEN_STORE: { className: 'TokenStore', scriptName: 'isolate-0', useSQLite: true } },
    isolates: ISOLATES,
    bindings: { ACCESS_KEY: 'a-key', TOKEN_STORE_TIMEOUT_MS: PATIENT },
    bundling: { external: ['cloudflare:workers'] },
  });
  const [first] = worker.isolates;
  assert.equal((await (await first).fetch('http://worker.local/users')).status, 403);
  const answers = worker.isolates.map(async (isolate) => {
    const headers = { authorization: 'Bearer a-key' };
    return (await (await isolate).fetch('http://worker.local/users', { headers })).json();
  });
  for (const answer of await Promise.all(answers)) {
    assert.deepEqual(answer, { items: [], total: 0 });
  }
  assert.equal(server.calls().length, ISOLATES);
  assert.equal(tokens(), 1);
});

test('what other doors sealed opens in workerd, and what it seals is the same', async (t) => {
  const text = await readFile(at('../../tests/token-store.json'), 'utf8');
  const worker = await startWorker(at('workerd/store-worker.mjs'));
  t.after(() => worker.dispose());
  const answer = await (await worker.fetch('http://worker.local/sealed', { method: 'POST', body: text })).json();
  assert.deepEqual(answer.resealed, expected(JSON.parse(text)));
  assert.ok(answer.found.length > 0);
  for (const [value, wanted] of answer.found) {
    assert.equal(value, wanted);
  }
});
