// The package in the runtime of Vercel's edge functions and Next.js middleware: code from strings is forbidden there, and a bundler hands over `x.wasm?module` as a compiled module.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EdgeVM } from '@edge-runtime/vm';
import { bundle } from './runtimes/bundle.mjs';
import { expected } from './runtimes/program.mjs';
import { skip, startSimulator } from './runtimes/simulator.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** As Next.js does it: the module is compiled outside, and a variable of the context holds it. */
const moduleAsVariable = {
  name: 'module-as-variable',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: 'variable' }));
    onLoad({ filter: /./, namespace: 'variable' }, () => ({
      contents: 'export default globalThis.wasm_logto_management',
    }));
  },
};

test('lists, creates, reads, deletes and aborts in the edge runtime', { skip }, async (t) => {
  const env = await startSimulator(t);
  const { edge } = await bundle(
    { edge: at('runtimes/edge-light.mjs') },
    { format: 'iife', conditions: ['edge-light', 'browser'], plugins: [moduleAsVariable] },
  );
  const compiled = await WebAssembly.compile(await readFile(at('../wasm/logto_management_bg.wasm')));
  const vm = new EdgeVM({
    extend: (context) => Object.assign(context, { wasm_logto_management: compiled }),
    initialCode: edge,
  });
  const answer = await vm.dispatchFetch('http://edge.local/', { method: 'POST', body: JSON.stringify(env) });
  const { failed, ...report } = await answer.json();
  assert.equal(failed, undefined);
  assert.deepEqual(report, JSON.parse(JSON.stringify(expected)));
  assert.throws(() => vm.evaluate('new Function("return 1")()'), 'code from strings must be forbidden there');
});
