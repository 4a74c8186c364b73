// What a Worker's bundle gains by the package: the WASM module, its glue, the façade and openapi-fetch.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BUDGET, bundleWorker, sizesOf } from '../bench/bundle.mjs';

test('a Worker gains no more than the budget', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'logto-size-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const entry = fileURLToPath(new URL('../bench/size-worker.mjs', import.meta.url));
  const { raw_bytes: raw, gzip_bytes: gzip, brotli_bytes: brotli } = sizesOf(await bundleWorker(entry, folder, true));
  t.diagnostic(`raw ${raw}, gzip ${gzip}, brotli ${brotli} bytes; the budget is gzip ${BUDGET}`);
  assert.ok(raw > 0);
  assert.ok(gzip <= BUDGET, `gzip ${gzip} is above ${BUDGET}`);
});
