// This package beside @logto/api inside workerd: `cargo xtask bench edge` builds both sides, starts the server and judges the lines.
//
// CPU is that of the workerd process, read from /proc around each batch, so this runs on Linux only. The server is another process.
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Miniflare } from 'miniflare';

import { BUDGET, bundleWorker, sizesOf } from './bundle.mjs';
import { compare, median } from './measure.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 9);
const out = await mkdtemp(join(tmpdir(), 'logto-edge-'));

/** Time to Logto in the case `cold_kv`, in milliseconds: `bench edge` starts that server. */
const { BENCH_SLOW_ENDPOINT: slowEndpoint } = process.env;

const commandOf = (pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');
/** The fields of /proc/PID/stat from the state on: the name before them may hold anything. */
const statOf = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
/** CPU time so far of all its threads, in microseconds. */
const cpuOf = (pid) => {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, id) => sum + Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1000,
    0,
  );
};
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

const bundle = (entry, minify) => bundleWorker(join(import.meta.dirname, entry), join(out, entry), minify);

try {
  for (const [metric, ours] of Object.entries(sizesOf(await bundle('size-worker.mjs', true)))) {
    console.log(JSON.stringify({ case: 'bundle', metric, ours, peer: 'budget', theirs: BUDGET, ratio: ours / BUDGET }));
  }

  const contenders = { 'logto-management': 'logto-management', '@logto/api': '@logto/api' };
  const bindings = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('LOGTO_')));
  const compatibilityDate = '2026-01-01';
  /** A Worker as miniflare takes it. */
  const worker = async (entry, minify) => ({
    modules: (await bundle(entry, minify)).map(({ path, contents }) =>
      path.endsWith('.wasm')
        ? { type: 'CompiledWasm', path, contents }
        : { type: 'ESModule', path, contents: contents.toString() },
    ),
    modulesRoot: join(out, entry),
    compatibilityDate,
    bindings,
  });
  /** Starts a workerd, and gives it to `work` with its process id. */
  const withWorkerd = async (options, work) => {
    const before = new Set(childrenOf(process.pid));
    const miniflare = new Miniflare(options);
    try {
      await miniflare.ready;
      const workerd = childrenOf(process.pid).find((pid) => !before.has(pid) && commandOf(pid).includes('workerd'));
      if (!workerd) throw new Error('no workerd process found below this one');
      return await work(miniflare, workerd);
    } finally {
      await miniflare.dispose();
    }
  };
  const said = async (answer) => {
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };

  // What an isolate with a Worker that makes a client costs to start, beyond one with a Worker that imports nothing; of many in a process, since one drowns in what the process itself costs.
  const crowd = 20;
  const startUp = async (spec) => {
    const workers = Array.from({ length: crowd }, (_, index) => ({ ...spec, name: `w${index}` }));
    return withWorkerd({ workers }, async (miniflare, workerd) => {
      for (const { name } of workers) {
        await said(await (await miniflare.getWorker(name)).fetch('http://bench.local/'));
      }
      return cpuOf(workerd) / 1000 / crowd;
    });
  };
  const [starting, nothing] = [await worker('startup-worker.mjs', true), await worker('empty-worker.mjs', true)];
  const differences = [];
  // Short enough to be repeated often: what slows the machine down for a while is larger than what is measured.
  for (let pair = 0; pair < rounds * 3; pair += 1) {
    const without = await startUp(nothing);
    differences.push((await startUp(starting)) - without);
  }
  const startupMs = median(differences);
  console.log(
    JSON.stringify({
      case: 'startup',
      metric: 'startup_ms',
      ours: startupMs,
      peer: 'budget',
      theirs: 5,
      ratio: startupMs / 5,
    }),
  );

  // An isolate each in the same process: otherwise one pays for the other's garbage. Short batches, for what slows the machine down lasts longer than these, and so slows both.
  const load = { requests: 900, inFlight: 6 };
  const spec = await worker('edge-worker.mjs', false);
  const both = Object.keys(contenders).map((client, index) => ({ ...spec, name: `w${index}`, client }));
  await withWorkerd({ workers: both.map(({ client: _, ...of }) => of) }, async (miniflare, workerd) => {
    const measure = async ({ name, client }) => {
      const { fetch } = await miniflare.getWorker(name);
      const before = cpuOf(workerd);
      const query = new URLSearchParams({ client, ...load });
      await said(await fetch(`http://bench.local/?${query}`));
      return { cpu_us_per_request: (cpuOf(workerd) - before) / load.requests };
    };
    const isolates = Object.fromEntries(both.map((of) => [of.client, of]));
    await compare('get20_workerd', isolates, measure, { rounds: rounds * 5, metrics: ['cpu_us_per_request'] });
  });

  // Isolates that have done nothing yet, with the token in a KV namespace where the package can look for one. In a round each contender has as many, in turns.
  const cold = await worker('cold-worker.mjs', true);
  const isolates = Array.from({ length: 10 }, (_, index) => index);
  const kv = { kvNamespaces: ['TOKENS'], kvPersist: join(out, 'kv') };
  const timeTo = async (miniflare, name, client) => {
    const { fetch } = await miniflare.getWorker(name);
    const began = performance.now();
    await said(await fetch(`http://bench.local/?client=${encodeURIComponent(client)}`));
    return performance.now() - began;
  };
  const workers = Object.keys(contenders).flatMap((client) =>
    isolates.map((index) => ({
      ...cold,
      ...kv,
      bindings: { ...bindings, LOGTO_ENDPOINT: slowEndpoint },
      name: `${client === '@logto/api' ? 'peer' : 'ours'}-${index}`,
    })),
  );
  const times = { ours: [], theirs: [], ratios: [] };
  for (let round = 0; round <= Math.min(rounds, 3); round += 1) {
    await withWorkerd(
      { ...kv, workers: [{ ...cold, ...kv, bindings, name: 'first' }, ...workers] },
      async (miniflare) => {
        for (const index of isolates) {
          const ours = await timeTo(miniflare, `ours-${index}`, 'logto-management');
          const theirs = await timeTo(miniflare, `peer-${index}`, '@logto/api');
          // The first round fills the store.
          if (round > 0) {
            times.ours.push(ours);
            times.theirs.push(theirs);
            times.ratios.push(ours / theirs);
          }
        }
      },
    );
  }
  console.log(
    JSON.stringify({
      case: 'cold_kv',
      metric: 'first_user_ms',
      ours: median(times.ours),
      peer: '@logto/api',
      theirs: median(times.theirs),
      ratio: median(times.ratios),
    }),
  );
} finally {
  await rm(out, { recursive: true, force: true });
}
