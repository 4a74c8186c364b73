// The transport over fetch holds the contract of transports (crates/testkit/src/contract.rs), in Node with the global `fetch` and with one handed in, and in workerd.
//
//   node contract.mjs MODULE_DIR SERVER
//
// MODULE_DIR has the WASM module built with the feature `contract`, as wasm-bindgen writes it; SERVER is testkit's example `contract_server`, built. Prints a line for each rule and runtime; exit code 1 if one is broken.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { startWorker } from './workerd/start.mjs';

const [moduleDir, server] = process.argv.slice(2).map((path) => resolve(path));
if (!server) {
  process.stderr.write('usage: node contract.mjs MODULE_DIR SERVER\n');
  process.exit(2);
}
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const wasm = join(moduleDir, 'logto_management_bg.wasm');
const alias = { 'contract-module': join(moduleDir, 'logto_management.js'), 'contract-module/wasm': wasm };

/** A scripted server of its own for each runtime, since it counts what it saw. */
async function withServer(work) {
  const child = spawn(server, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    return await work(JSON.parse(line));
  } finally {
    child.stdin.end();
  }
}

async function inNode(fetch) {
  const folder = await mkdtemp(join(tmpdir(), 'logto-contract-'));
  try {
    const outfile = join(folder, 'play.mjs');
    await build({ entryPoints: [at('workerd/contract-play.ts')], outfile, bundle: true, format: 'esm', platform: 'node', alias, logLevel: 'warning' });
    const { play } = await import(pathToFileURL(outfile));
    const module = new WebAssembly.Module(await readFile(wasm));
    return await withServer((peer) => play(module, { ...peer, refusalIsTold: true }, fetch));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inWorkerd() {
  const worker = await startWorker(at('workerd/contract-worker.mjs'), {}, { alias });
  try {
    // workerd says of a refused connection no more than that it was lost.
    return await withServer(async (peer) => {
      const answer = await worker.fetch('http://worker.local/', { method: 'POST', body: JSON.stringify({ ...peer, refusalIsTold: false }) });
      return answer.json();
    });
  } finally {
    await worker.dispose();
  }
}

const runtimes = {
  node: () => inNode(),
  // A function that is not the global one, and sees a Request, as openapi-fetch hands it to custom functions.
  'node, fetch handed in': () => inNode((request) => fetch(request)),
  workerd: () => inWorkerd(),
};

let failed = 0;
let passed = 0;
for (const [runtime, play] of Object.entries(runtimes)) {
  for (const { rule, broken } of await play()) {
    if (broken === null) {
      passed += 1;
      console.log(`ok      ${runtime}: ${rule}`);
    } else {
      failed += 1;
      console.log(`FAILED  ${runtime}: ${rule}: ${broken}`);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
