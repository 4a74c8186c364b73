// A Redis server of a test's own: `redis-server`, or what LOGTO_REDIS_SERVER names.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody takes connections there. */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });

/** @returns `{ url, stop() }` */
export async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'logto-redis-'));
  const port = await freePort();
  const program = process.env.LOGTO_REDIS_SERVER || 'redis-server';
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(program, options, { stdio: 'ignore' });
  const ended = new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  let over = false;
  const failed = ended.then(
    () => ((over = true), undefined),
    (error) => {
      over = true;
      throw new Error(`${program}: ${error.message}. cargo xtask test node installs a Redis server`);
    },
  );
  failed.catch(() => {});
  while (!(await answers(port))) {
    if (over) {
      await failed;
      throw new Error(`${program} ended at once`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
