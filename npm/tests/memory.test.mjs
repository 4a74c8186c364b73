// The memory of the WASM module over very many calls in one isolate of workerd. LOGTO_MEMORY_CALLS says how many: 1000000 takes some minutes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorker } from './workerd/start.mjs';

const calls = Number(process.env.LOGTO_MEMORY_CALLS ?? 20_000);
/** Calls of one request to the Worker. */
const BATCH = 5000;

test(`memory stays flat over ${calls} calls in one isolate`, { timeout: 3_600_000 }, async (t) => {
  const worker = await startWorker(fileURLToPath(new URL('workerd/memory-worker.mjs', import.meta.url)));
  t.after(() => worker.dispose());
  const batch = async () => {
    const answer = await worker.fetch(`http://worker.local/?calls=${BATCH}`);
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  };
  const first = await batch();
  assert.ok(first.bytes > 0);
  for (let made = BATCH; made < calls; made += BATCH) {
    assert.deepEqual(await batch(), first);
  }
});
