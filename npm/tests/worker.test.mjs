// The package in workerd, beyond the vectors: what is special about Workers.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer } from './support/server.mjs';
import { startWorker } from './workerd/start.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

async function start(t, entry, answer, options = {}) {
  const server = await startServer(answer);
  const log = [];
  const collect = (stream) => stream.on('data', (chunk) => log.push(String(chunk)));
  const worker = await startWorker(at(entry), {
    handleRuntimeStdio: (stdout, stderr) => {
      collect(stdout);
      collect(stderr);
    },
    ...options,
    bindings: {
      LOGTO_ENDPOINT: server.baseUrl,
      LOGTO_CLIENT_ID: 'm2m-app',
      LOGTO_CLIENT_SECRET: 'm2m-secret',
      ...options.bindings,
    },
  });
  t.after(async () => {
    await worker.dispose();
    await server.close();
  });
  return { server, worker, log };
}

const users = ({ path, query }) => {
  if (path === '/api/users/u1') {
    return { json: { id: 'u1' } };
  }
  if (path === '/api/users/u1/roles') {
    return { status: 201, text: 'Created' };
  }
  if (path !== '/api/users') {
    return { status: 404, json: { code: 'entity.not_exists_with_id', message: 'no such user' } };
  }
  const [page, size] = [Number(query.get('page')), Number(query.get('page_size'))];
  const all = Array.from({ length: 45 }, (_, number) => ({ id: `u${number}` }));
  return { json: all.slice((page - 1) * size, page * size), headers: { 'total-number': '45' } };
};

test('the example Worker lists and searches, for those who have the key', async (t) => {
  const { server, worker } = await start(t, '../smoke/cloudflare/src/index.js', users, {
    bindings: { ACCESS_KEY: 'a-key' },
  });
  const headers = { authorization: 'Bearer a-key' };
  const get = async (path, init) => worker.fetch(`https://worker.example${path}`, init);

  assert.equal((await get('/users')).status, 403);
  assert.equal((await get('/users', { headers: { authorization: 'Bearer another' } })).status, 403);
  assert.equal((await get('/demo')).status, 403);
  assert.equal(server.seen.length, 0, 'nobody without the key causes a request to Logto');

  const first = await (await get('/users?search=ann', { headers })).json();
  assert.equal(first.items.length, 20);
  assert.equal(first.total, 45);
  assert.equal(server.calls().at(-1).query.get('search'), '%ann%');
  const second = await (await get(`/users?search=ann&cursor=${first.cursor}`, { headers })).json();
  assert.deepEqual(second.items[0], { id: 'u20' });

  assert.deepEqual(await (await get('/users/u1', { headers })).json(), { id: 'u1' });
  const missing = await get('/users/nobody', { headers });
  assert.equal(missing.status, 404);
  assert.equal((await missing.json()).code, 'entity.not_exists_with_id');

  const roles = { method: 'POST', body: JSON.stringify({ roleIds: ['r1', 'r2'] }) };
  assert.equal((await get('/users/u1/roles', roles)).status, 403);
  assert.equal((await get('/users/u1/roles', { ...roles, headers })).status, 204);
  assert.deepEqual(JSON.parse(server.calls().at(-1).body), { roleIds: ['r1', 'r2'] });
  assert.equal((await get('/users/u1/roles', { method: 'POST', body: 'no json', headers })).status, 400);

  const demo = await (await worker.fetch('http://worker.local/demo')).json();
  assert.deepEqual({ ...demo, ms: 0 }, { door: 'worker', users: 45, total: 45, ids_unique: 45, ms: 0 });
  assert.equal(server.seen.length - server.calls().length, 1, 'one token request for all of it');
});

test('the example Worker takes webhooks that Logto signed, and no others', async (t) => {
  const WEBHOOK_SIGNING_KEY = 'a-signing-key';
  const { server, worker } = await start(t, '../smoke/cloudflare/src/index.js', users, {
    bindings: { WEBHOOK_SIGNING_KEY },
  });
  const body = JSON.stringify({ hookId: 'h1', event: 'User.Created', data: { id: 'u1', name: 'Zoë' } });
  const sign = (key) => createHmac('sha256', key).update(body).digest('hex');
  const send = (signature, sent = body) =>
    worker.fetch('https://worker.example/webhook', {
      method: 'POST',
      body: sent,
      headers: { 'content-type': 'application/json', ...(signature && { 'logto-signature-sha-256': signature }) },
    });
  const taken = await send(sign(WEBHOOK_SIGNING_KEY));
  assert.equal(taken.status, 200);
  assert.deepEqual(await taken.json(), { event: 'User.Created' });
  for (const refused of [
    send(),
    send('no signature'),
    send(sign('another key')),
    send(sign(WEBHOOK_SIGNING_KEY), `${body} `),
    send(sign(WEBHOOK_SIGNING_KEY), ''),
    worker.fetch('https://worker.example/webhook'),
  ]) {
    assert.ok([401, 403].includes((await refused).status));
  }
  assert.equal(server.seen.length, 0, 'nothing of it needs Logto');
});

test('signatures of webhooks hold in workerd as they do elsewhere', async (t) => {
  const { signatures } = JSON.parse(await readFile(at('../../tests/webhooks.json'), 'utf8'));
  const worker = await startWorker(at('workerd/webhook-worker.mjs'));
  t.after(() => worker.dispose());
  const answer = await worker.fetch('http://worker.local/', { method: 'POST', body: JSON.stringify(signatures) });
  assert.deepEqual(
    await answer.json(),
    signatures.map(({ about, valid }) => ({ about, text: valid, bytes: valid })),
  );
});

test('a client made in global scope does nothing there, and sends through a service binding', async (t) => {
  const seen = [];
  const service = async (request) => {
    const { pathname } = new URL(request.url);
    seen.push(`${request.method} ${pathname}`);
    const json =
      pathname === '/oidc/token'
        ? { access_token: 't1', expires_in: 3600, token_type: 'Bearer', scope: 'all' }
        : { id: 'u1' };
    return new Response(JSON.stringify(json), { headers: { 'content-type': 'application/json' } });
  };
  const { worker } = await start(t, 'workerd/inert-worker.mjs', undefined, { serviceBindings: { LOGTO: service } });
  const answer = await (await worker.fetch('http://worker.local/')).json();
  assert.deepEqual(answer, {
    engineKind: 'wasm',
    data: { id: 'u1' },
    binding: { id: 'u1' },
    detached: answer.detached,
  });
  assert.match(answer.detached, /hand over the object \(`fetch: env\.LOGTO`\)/);
  const once = ['POST /oidc/token', 'GET /api/users/u1'];
  assert.deepEqual(seen, [...once, ...once]);
});

test("plain calls by the runtime's own fetch: each whole, no redirect followed, none beyond its time", async (t) => {
  const { server, worker } = await start(t, 'workerd/plain-worker.mjs', ({ path, query }) => {
    // Of those that follow each other, the second is the first to share a request.
    switch (query.get('call') === '0' ? '' : path) {
      case '/api/hang':
        return 'hang';
      case '/api/moved':
        return { status: 302, headers: { location: '/api/users' } };
      default:
        return { json: { call: query.get('call') } };
    }
  });
  const get = async (path) => (await worker.fetch(`http://worker.local${path}`)).json();
  for (const turn of [1, 2]) {
    const came = await get('/api/users?calls=3');
    assert.deepEqual(
      came,
      ['0', '1', '2'].map((call) => ({ data: { call }, status: 200, type: 'application/json; charset=utf-8' })),
      `request ${turn}`,
    );
  }
  const sent = server.calls();
  assert.deepEqual(
    sent.map(({ method, url }) => `${method} ${url}`),
    ['0', '1', '2', '0', '1', '2'].map((call) => `GET /api/users?call=${call}`),
  );
  for (const { headers, body } of sent) {
    assert.deepEqual({ ...headers, body }, { ...sent[0].headers, body: '' });
    assert.equal(headers.authorization, 'Bearer t1');
  }
  const first = { data: { call: '0' }, status: 200, type: 'application/json; charset=utf-8' };
  assert.deepEqual(await get('/api/moved?calls=2'), [first, { reason: 'redirect.unexpected' }]);
  assert.equal(server.calls().length, 8);
  assert.deepEqual(await get('/api/hang?calls=2&timeoutMs=1000'), [first, { reason: 'transport.timeout' }]);
  await server.until((seen) => seen.at(-1).closed);
});

test('50 requests at once in one isolate, the first given up half-way: no other hangs or fails', async (t) => {
  let hang = true;
  const answer = ({ path }) => {
    if (path === '/api/users/first') {
      return 'hang';
    }
    return { json: { id: path.split('/').pop() } };
  };
  const { server, worker, log } = await start(t, 'workerd/isolation-worker.mjs', (request) =>
    request.path === '/oidc/token' && hang ? 'hang' : answer(request),
  );
  // The first is given up while it waits for its token: the renewal that it began must not hold up the others.
  const aborter = new AbortController();
  const first = worker.fetch('http://worker.local/first', { signal: aborter.signal });
  await server.until((seen) => seen.some(({ path }) => path === '/oidc/token'));
  hang = false;
  const others = Array.from({ length: 50 }, (_, number) => worker.fetch(`http://worker.local/u${number}`));
  aborter.abort();
  await assert.rejects(first);
  const answers = await Promise.all(others.map(async (other) => (await other).json()));
  assert.deepEqual(
    answers.map(({ data }) => data?.id),
    answers.map((_, number) => `u${number}`),
  );
  assert.doesNotMatch(log.join(''), /hanging|different request|canceled/i);
});
