// Webhooks: whose they are. `worker.test.mjs` has the same cases in workerd.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';
import { verifyWebhookSignature } from 'logto-management';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { signatures } = JSON.parse(readFileSync(at('../../tests/webhooks.json'), 'utf8'));
const [good] = signatures;

test('signatures that others made hold, and what was tampered with does not', async () => {
  for (const { about, key, body, base64, signature, valid } of signatures) {
    const bytes = base64 === undefined ? Buffer.from(body) : Buffer.from(base64, 'base64');
    const whole = new Uint8Array(bytes);
    // The middle of something larger, memory of threads, and another realm's.
    const shared = new Uint8Array(new SharedArrayBuffer(whole.length));
    shared.set(whole);
    const foreign = vm.runInNewContext('(bytes) => Uint8Array.from(bytes).buffer')(whole);
    for (const form of [bytes, whole, whole.buffer, new DataView(whole.buffer), shared, foreign, body ?? whole]) {
      assert.equal(await verifyWebhookSignature(key, form, signature), valid, about);
    }
    assert.equal(await verifyWebhookSignature(key, whole, signature ?? undefined), valid, about);
  }
});

test('whatever is wrong is false, and no rejection', async () => {
  assert.equal(await verifyWebhookSignature(good.key, good.body, good.signature), true);
  for (const wrong of [undefined, null, 0, 64, {}, [], [good.signature], Symbol('s'), new Date(), '\ud800', () => 1]) {
    assert.equal(await verifyWebhookSignature(wrong, good.body, good.signature), false);
    assert.equal(await verifyWebhookSignature(good.key, wrong, good.signature), false);
    assert.equal(await verifyWebhookSignature(good.key, good.body, wrong), false);
  }
});

test('a bundle that does not use it does not carry it', async () => {
  const bundle = async (contents) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: at('.') },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      conditions: ['workerd'],
      external: ['*.wasm'],
    });
    return outputFiles[0].text;
  };
  const bare = await bundle("export { createManagementApi } from 'logto-management';");
  assert.doesNotMatch(bare, /HMAC/);
  const used = await bundle("export { createManagementApi, verifyWebhookSignature } from 'logto-management';");
  assert.match(used, /HMAC/);
  const alone = await bundle("export { verifyWebhookSignature } from 'logto-management';");
  assert.match(alone, /HMAC/);
});
