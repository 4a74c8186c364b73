// The package in worker_threads: threads that come and go, alone and together, leave the process and each other alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { startServer } from './support/server.mjs';

const users = () => ({ json: [{ id: 'u1' }], headers: { 'total-number': '1' } });

/** A thread that lists users; `then` runs after that, inside it. */
const thread = (baseUrl, then = '') =>
  new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const { createManagementApi } = require(workerData.entry);
     const { apiClient } = createManagementApi('default', { clientId: 'a', clientSecret: 'b', apiIndicator: 'https://default.logto.app/api', baseUrl: workerData.baseUrl });
     (async () => {
       let count = 0;
       for await (const user of apiClient.paginate('/api/users')) count += 1;
       parentPort.postMessage(count);
       ${then}
     })();`,
    { eval: true, workerData: { baseUrl, entry: fileURLToPath(new URL('../lib/node.cjs', import.meta.url)) } },
  );

const ended = (worker) => new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
const counted = (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));

test('eight threads at once, in turns', async (t) => {
  const server = await startServer(users);
  t.after(() => server.close());
  for (let turn = 0; turn < 3; turn += 1) {
    const workers = Array.from({ length: 8 }, () => thread(server.baseUrl));
    const exits = Promise.all(workers.map(ended));
    assert.deepEqual(await Promise.all(workers.map(counted)), Array(8).fill(1));
    // They end by themselves: nothing keeps a thread that has nothing to do.
    assert.deepEqual(await exits, Array(8).fill(0));
  }
});

test('a thread that is ended in the middle of a call', async (t) => {
  const server = await startServer(({ path }) => (path === '/api/hang' ? 'hang' : users()));
  t.after(() => server.close());
  const worker = thread(server.baseUrl, "apiClient.GET('/api/hang'); apiClient.paginate('/api/hang').then(() => {});");
  await counted(worker);
  await server.until((seen) => seen.filter(({ path }) => path === '/api/hang').length === 2);
  await worker.terminate();
  const next = thread(server.baseUrl);
  // Before the message: a thread's last message and its exit may be told in one turn.
  const exit = ended(next);
  assert.equal(await counted(next), 1);
  assert.equal(await exit, 0);
});

test('a process in which only threads used the package ends well', () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const http = require('node:http');
    const server = http.createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url === '/oidc/token' ? { access_token: 't', expires_in: 3600, token_type: 'Bearer', scope: 'all' } : []));
    });
    server.listen(0, async () => {
      const code = \`
        const { createManagementApi } = require(\${JSON.stringify(process.argv[1])});
        const { apiClient } = createManagementApi('default', { clientId: 'a', clientSecret: 'b', apiIndicator: 'https://default.logto.app/api', baseUrl: 'http://127.0.0.1:\${server.address().port}' });
        apiClient.GET('/api/users').then(({ response }) => { if (!response.ok) process.exit(9); });\`;
      for (let turn = 0; turn < 10; turn += 1) {
        const codes = await Promise.all([1, 2, 3].map(() => new Promise((resolve) => new Worker(code, { eval: true }).on('exit', resolve))));
        if (codes.some((each) => each !== 0)) process.exit(8);
      }
      server.closeAllConnections();
      server.close();
    });`;
  const entry = fileURLToPath(new URL('../lib/node.cjs', import.meta.url));
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script, entry], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' });
});

test('a process with a client that is never disposed of ends by itself', async (t) => {
  const server = await startServer(users);
  t.after(() => server.close());
  // Not spawnSync: the server lives in this process.
  const { spawn } = await import('node:child_process');
  const script = `
    import { createApiClient, createManagementApi } from 'logto-management';
    const { apiClient } = createManagementApi('default', { clientId: 'a', clientSecret: 'b', baseUrl: '${server.baseUrl}' });
    const other = createApiClient({ baseUrl: '${server.baseUrl}', getToken: async () => 't' });
    await apiClient.GET('/api/users');
    await other.GET('/api/users');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: 'inherit',
  });
  assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0);
});
