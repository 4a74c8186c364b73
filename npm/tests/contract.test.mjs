// The transport over fetch holds the contract of transports (crates/testkit/src/contract.rs), and the clock what the core expects of one (bindings/wasm/examples/contract/clock_rules.rs): in Node with the global `fetch` and with one handed in, in workerd and in Chromium.
//
// `cargo xtask test edge` builds what it needs and says where it is: LOGTO_CONTRACT_MODULE, a folder with the WASM module built from the example `contract` of bindings/wasm, and LOGTO_CONTRACT_SERVER, testkit's example
// `contract_server`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { createServer } from 'node:http';
import { openPage, skip as noChromium } from './runtimes/chromium.mjs';
import { startWorker } from './workerd/start.mjs';

const { LOGTO_CONTRACT_MODULE: moduleDir = '', LOGTO_CONTRACT_SERVER: server = '' } = process.env;
const skip = moduleDir && server ? false : 'cargo xtask test edge sets LOGTO_CONTRACT_MODULE and LOGTO_CONTRACT_SERVER';
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const wasm = join(moduleDir, 'logto_management_bg.wasm');
const alias = { 'contract-module/wasm': wasm };

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
    await build({
      entryPoints: [at('workerd/contract-play.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      alias,
      logLevel: 'warning',
    });
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
      const answer = await worker.fetch('http://worker.local/', {
        method: 'POST',
        body: JSON.stringify({ ...peer, refusalIsTold: false }),
      });
      return answer.json();
    });
  } finally {
    await worker.dispose();
  }
}

async function inChromium(t) {
  const { outputFiles } = await build({
    entryPoints: [at('workerd/contract-play.ts')],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    alias,
    logLevel: 'warning',
  });
  const own = {
    // A page's requests carry a Referer unless the page says otherwise.
    '/': ['text/html', '<!doctype html><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,">'],
    '/play.js': ['text/javascript', outputFiles[0].text],
    '/module.wasm': ['application/wasm', await readFile(wasm)],
  };
  const files = createServer(({ url }, answer) =>
    answer.writeHead(200, { 'content-type': own[url][0] }).end(own[url][1]),
  );
  files.listen(0, '127.0.0.1');
  await once(files, 'listening');
  t.after(() => {
    files.closeAllConnections();
    files.close();
  });
  // The scripted server is another origin, and knows no CORS.
  const page = await openPage(t, `http://127.0.0.1:${files.address().port}/`, ['--disable-web-security']);
  return withServer((peer) =>
    page.evaluate(
      async (given) => {
        const { play } = await import('/play.js');
        return play(await WebAssembly.compileStreaming(fetch('/module.wasm')), given);
      },
      { ...peer, refusalIsTold: false },
    ),
  );
}

const runtimes = {
  'node': () => inNode(),
  // A function that is not the global one, and sees a Request, as openapi-fetch hands it to custom functions.
  'node, fetch handed in': () => inNode((request) => fetch(request)),
  'workerd': () => inWorkerd(),
  'Chromium': inChromium,
};

/** What a runtime does below `fetch`, where nobody can tell it otherwise. */
const BEYOND_REACH = {
  // It sends again by itself when a kept-alive connection turns out to be broken.
  Chromium: { reset: 'it was sent 2 times' },
};

for (const [runtime, play] of Object.entries(runtimes)) {
  test(
    `the contracts of transports and clocks in ${runtime}`,
    { skip: skip || (play === inChromium && noChromium) },
    async (t) => {
      const findings = await play(t);
      // Both contracts were played.
      assert.ok(findings.some(({ rule }) => rule.startsWith('jitter')) && findings.length > 6);
      for (const { rule, broken } of findings) {
        await t.test(rule, () => assert.equal(broken, BEYOND_REACH[runtime]?.[rule] ?? null));
      }
    },
  );
}
