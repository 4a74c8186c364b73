// In worker threads: four list at once, each with a client of its own, and end by themselves.
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { createManagementApiFromEnv, engineKind } from 'logto-management/management';

const THREADS = 4;

async function list() {
  const { apiClient } = createManagementApiFromEnv();
  const ids = new Set();
  for await (const user of apiClient.paginate('/api/users')) {
    ids.add(user.id);
  }
  return [...ids];
}

if (isMainThread) {
  const lists = await Promise.all(
    Array.from({ length: THREADS }, async () => {
      const worker = new Worker(new URL(import.meta.url));
      const ended = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
      const ids = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      if ((await ended) !== 0) {
        throw new Error('a thread did not end well');
      }
      return ids;
    }),
  );
  const own = await list();
  const users = lists.reduce((sum, ids) => sum + ids.length, 0) / THREADS;
  const ids_unique = new Set(lists.flat()).size;
  console.log(JSON.stringify({ engine: engineKind, users, total: own.length, ids_unique }));
} else {
  parentPort.postMessage(await list());
}
