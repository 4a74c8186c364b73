// This package beside @logto/api inside workerd: `cargo xtask bench edge` builds both sides, starts the server and judges the lines.
//
// CPU is that of the workerd process, read from /proc around each batch, so this runs on Linux only. The server is another process.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

import { compare } from './measure.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 9);
const out = await mkdtemp(join(tmpdir(), 'logto-edge-'));

const commandOf = (pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');
/** The fields of /proc/PID/stat from the state on: the name before them may hold anything. */
const statOf = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
/** User and system time so far. */
const ticksOf = (pid) => Number(statOf(pid)[11]) + Number(statOf(pid)[12]);
const childrenOf = (parent) => {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return Number(statOf(pid)[1]) === parent;
    } catch {
      return false; // It has ended meanwhile.
    }
  });
};

/** Bundles as a Worker is bundled, and reads what came out. */
const bundle = async (entry, minify) => {
  const outdir = join(out, entry);
  await build({
    entryPoints: { worker: join(import.meta.dirname, entry) },
    outdir,
    bundle: true,
    minify,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  const names = (await readdir(outdir)).sort((a, b) => b.endsWith('.mjs') - a.endsWith('.mjs'));
  return Promise.all(
    names.map(async (name) => ({ path: join(outdir, name), contents: await readFile(join(outdir, name)) })),
  );
};

try {
  const sizes = { raw_bytes: 0, gzip_bytes: 0, brotli_bytes: 0 };
  for (const { contents } of await bundle('size-worker.mjs', true)) {
    sizes.raw_bytes += contents.length;
    sizes.gzip_bytes += gzipSync(contents, { level: 9 }).length;
    sizes.brotli_bytes += brotliCompressSync(contents).length;
  }
  for (const [metric, ours] of Object.entries(sizes)) {
    console.log(JSON.stringify({ case: 'bundle', metric, ours, peer: 'budget', theirs: 65_536, ratio: ours / 65_536 }));
  }

  const files = await bundle('edge-worker.mjs', false);
  const bindings = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('LOGTO_')));
  const miniflare = new Miniflare({
    modules: files.map(({ path, contents }) =>
      path.endsWith('.wasm')
        ? { type: 'CompiledWasm', path, contents }
        : { type: 'ESModule', path, contents: contents.toString() },
    ),
    modulesRoot: join(out, 'edge-worker.mjs'),
    compatibilityDate: '2026-01-01',
    bindings,
  });
  try {
    await miniflare.ready;
    const workerd = childrenOf(process.pid).find((pid) => commandOf(pid).includes('workerd'));
    if (!workerd) throw new Error('no workerd process found below this one');
    const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']).toString());
    // Enough that the kernel's ticks of 10 ms do not blur it.
    const load = { requests: 3000, inFlight: 6 };
    const measure = async (client) => {
      const before = ticksOf(workerd);
      const query = new URLSearchParams({ client, requests: load.requests, inFlight: load.inFlight });
      const answer = await miniflare.dispatchFetch(`http://bench.local/?${query}`);
      if (!answer.ok) throw new Error(await answer.text());
      await answer.text();
      return { cpu_us_per_request: ((ticksOf(workerd) - before) * 1e6) / ticksPerSecond / load.requests };
    };
    const contenders = { 'logto-management': 'logto-management', '@logto/api': '@logto/api' };
    await compare('get20_workerd', contenders, measure, { rounds, metrics: ['cpu_us_per_request'] });
  } finally {
    await miniflare.dispose();
  }
} finally {
  await rm(out, { recursive: true, force: true });
}
