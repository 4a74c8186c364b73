// Runs the example Worker of npm/smoke/cloudflare in workerd and prints what its /demo answers, one JSON line.
//
// The Worker is bundled as wrangler does it: conditions `workerd`, no polyfills, `.wasm` imports as modules of their own. The LOGTO_* variables
// become its bindings.
//   node worker.mjs <checkout>
import { mkdtemp, mkdir, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = process.argv[2];
const npm = join(root, 'npm');
const worker = join(npm, 'smoke', 'cloudflare');
const { resolve } = createRequire(join(npm, 'package.json'));
const load = async (name) => import(pathToFileURL(resolve(name)));

const wrangler = await readFile(join(worker, 'wrangler.toml'), 'utf8');
const setting = (name) => {
  const found = new RegExp(`^${name}\\s*=\\s*"([^"]+)"`, 'm').exec(wrangler);
  if (!found) throw new Error(`npm/smoke/cloudflare/wrangler.toml has no ${name}`);
  return found[1];
};

const out = await mkdtemp(join(tmpdir(), 'logto-worker-'));
try {
  // The package as an installed one, so that its exports decide what is bundled.
  const installed = join(out, 'node_modules');
  await mkdir(installed);
  await symlink(npm, join(installed, 'logto-management'), 'junction');

  const esbuild = await load('esbuild');
  const bundle = join(out, 'bundle');
  await esbuild.build({
    entryPoints: { worker: join(worker, setting('main')) },
    outdir: bundle,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    nodePaths: [installed, join(npm, 'node_modules')],
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });

  const { Miniflare } = await load('miniflare');
  const files = (await readdir(bundle)).sort((a, b) => b.endsWith('.mjs') - a.endsWith('.mjs'));
  const modules = await Promise.all(
    files.map(async (path) => {
      const contents = await readFile(join(bundle, path));
      return path.endsWith('.wasm')
        ? { type: 'CompiledWasm', path: join(bundle, path), contents }
        : { type: 'ESModule', path: join(bundle, path), contents: contents.toString() };
    }),
  );
  const bindings = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('LOGTO_')));
  const miniflare = new Miniflare({
    modules,
    modulesRoot: bundle,
    compatibilityDate: setting('compatibility_date'),
    bindings,
  });
  try {
    await miniflare.ready;
    const started = performance.now();
    const answer = await miniflare.dispatchFetch('http://worker.local/demo');
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the Worker answered ${answer.status}: ${text}`);
    console.log(JSON.stringify({ ms: performance.now() - started, ...JSON.parse(text) }));
  } finally {
    await miniflare.dispose();
  }
} finally {
  await rm(out, { recursive: true, force: true });
}
