// Runs a Worker in workerd, bundled as wrangler does it: condition `workerd`, no polyfill, no `nodejs_compat`, `.wasm` files as compiled modules of their own.
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

const npm = fileURLToPath(new URL('../../', import.meta.url));

const names = (isolates) => Array.from({ length: isolates }, (_, number) => `isolate-${number}`);

/**
 * @param entry The Worker's module: a path.
 * @param options Of miniflare: `bindings`, `kvNamespaces`, `serviceBindings`, `handleRuntimeStdio`, …
 * @param bundling Of esbuild, beside what is set here.
 * @returns `{ fetch(url, init), isolates, dispose() }`. With `options.isolates`, that many copies of the Worker, each an isolate of its own; each of `isolates` is a promise of `{ fetch }`.
 */
export async function startWorker(entry, { isolates = 0, handleRuntimeStdio, ...options } = {}, bundling = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'logto-worker-'));
  const bundle = join(folder, 'bundle');
  // The package as an installed one: its exports decide what a Worker gets.
  const installed = join(folder, 'node_modules');
  await mkdir(installed);
  await symlink(npm, join(installed, 'logto-management'), 'junction');
  let miniflare;
  const dispose = async () => {
    await miniflare?.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await build({
      entryPoints: { worker: entry },
      outdir: bundle,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      mainFields: ['module', 'main'],
      conditions: ['workerd', 'worker', 'browser'],
      loader: { '.wasm': 'copy' },
      nodePaths: [installed, join(npm, 'node_modules')],
      logLevel: 'warning',
      ...bundling,
    });
    const files = (await readdir(bundle)).sort((a, b) => Number(b.endsWith('.mjs')) - Number(a.endsWith('.mjs')));
    const modules = await Promise.all(
      files.map(async (file) => {
        const path = join(bundle, file);
        const contents = await readFile(path);
        return file.endsWith('.wasm')
          ? { type: 'CompiledWasm', path, contents }
          : { type: 'ESModule', path, contents: contents.toString() };
      }),
    );
    const worker = { modulesRoot: bundle, compatibilityDate: '2025-09-01', ...options, modules };
    miniflare = new Miniflare({
      // What a Worker logs is for people: stdout may be a protocol.
      handleRuntimeStdio:
        handleRuntimeStdio ??
        ((stdout, stderr) => {
          stdout.pipe(process.stderr, { end: false });
          stderr.pipe(process.stderr, { end: false });
        }),
      ...(isolates ? { workers: names(isolates).map((name) => ({ name, ...worker })) } : worker),
    });
    await miniflare.ready;
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    fetch: (url, init) => miniflare.dispatchFetch(url, init),
    isolates: names(isolates).map((name) => miniflare.getWorker(name)),
    dispose,
  };
}
