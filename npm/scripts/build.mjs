// Builds npm/lib: one bundle per entry and module system, and the types, once for ES modules and once for CommonJS.
//
// openapi-fetch stays outside of the bundles for other runtimes: it is a dependency like any other, and programs that use it too share one copy. In Node's it is inside, since finding and reading a file costs more there than what is in it,
// and white space goes for the same reason; names stay, so that stack traces can be read. The WASM module stays a file.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Imports of the WASM module stay, told from where the bundles lie. */
const wasmBesideLib = {
  name: 'wasm-beside-lib',
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => ({
      path: `../wasm/${path.split('/').pop()}`,
      external: true,
    }));
  },
};

/** Puts another module in the place of `wasm-node.ts`. */
const wasmFrom = (file) => ({
  name: 'wasm-from',
  setup({ onResolve }) {
    onResolve({ filter: /\/wasm-node\.js$/ }, () => ({ path: at(file) }));
  },
});

/** For programs that are bundled: no file lies beside the bundle, so the module is part of it. */
const wasmInside = wasmFrom('src/engine/wasm-inside.ts');

/** `x.wasm?bytes` becomes part of the bundle. */
const inlineBytes = {
  name: 'inline-bytes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?bytes$/ }, ({ path, resolveDir }) => ({
      // The bundle says in a comment where it has it from: a name, and no path of this machine.
      path: path.split('/').pop(),
      namespace: 'bytes',
      pluginData: join(resolveDir, path.replace('?bytes', '')),
    }));
    onLoad({ filter: /./, namespace: 'bytes' }, ({ pluginData }) => ({
      contents: readFileSync(pluginData),
      loader: 'binary',
    }));
  },
};

const shared = {
  bundle: true,
  target: 'es2022',
  external: ['openapi-fetch', 'node:*'],
  plugins: [wasmBesideLib, inlineBytes],
  legalComments: 'none',
  logLevel: 'warning',
  sourcemap: false,
};

const forNode = {
  ...shared,
  external: ['node:*', './wasm-engine.cjs'],
  platform: 'node',
  minifySyntax: true,
  minifyWhitespace: true,
};

const entry = (name) => ({ entryPoints: [at(`src/entries/${name}.ts`)] });

rmSync(at('lib'), { recursive: true, force: true });

await build({ ...forNode, ...entry('node'), format: 'esm', outfile: at('lib/node.mjs') });
await build({
  ...forNode,
  ...entry('node'),
  plugins: [wasmFrom('src/engine/wasm-required.ts')],
  format: 'cjs',
  outfile: at('lib/node.cjs'),
  // CommonJS has no import.meta.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
});

await build({
  ...forNode,
  entryPoints: [at('src/engine/wasm-beside.ts')],
  format: 'cjs',
  outfile: at('lib/wasm-engine.cjs'),
});

await build({
  ...shared,
  ...entry('node'),
  plugins: [wasmInside, inlineBytes],
  format: 'esm',
  platform: 'node',
  outfile: at('lib/node-bundle.mjs'),
  // A bundle in CommonJS that takes it in has no import.meta.
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = import.meta.url ?? require('node:url').pathToFileURL(__filename).href;" },
});

/**
 * Members that only this package's own files name, in the bundles for Workers and the like: there every byte is downloaded, and a bundler leaves such names alone. None may be what a caller, a runtime, the module or JSON
 * names.
 */
const inner = [
  ...['addHost', 'after', 'ago', 'alive', 'answer', 'began', 'begin', 'byFetch', 'callOptions', 'calls'],
  ...['came', 'carriesToken', 'controller', 'createEngine', 'dead', 'disposed', 'ended', 'engine'],
  ...['ensureInside', 'enter', 'failure', 'failures', 'fields', 'finish', 'given', 'heap', 'hooks'],
  ...['hostNumber', 'hosts', 'imports', 'inside', 'instance', 'isGiven', 'isOpen', 'isOver', 'keep', 'known'],
  ...['lastCall', 'lastHost', 'limit', 'main', 'observed', 'operations', 'packed', 'pager', 'permitOne'],
  ...['prefix', 'question', 'real', 'removeHost', 'result', 'ringIn', 'ringing', 'runtime', 'said', 'seal'],
  ...['sendByPermit', 'sendThrough', 'sendWithToken', 'sent', 'settle', 'shown', 'signalOf', 'spare', 'stays'],
  ...['stop', 'stopOne', 'stopUnused', 'take', 'target', 'template', 'sends', 'testingClock', 'thrown'],
  ...['toCall', 'trap', 'underWay', 'view', 'watches'],
];
const mangleProps = new RegExp(`^(${inner.join('|')})$`);

for (const name of ['wasm-workerd', 'wasm-edge-light', 'wasm-default']) {
  if (existsSync(at(`src/entries/${name}.ts`))) {
    const outfile = at(`lib/${name}.mjs`);
    await build({ ...shared, ...entry(name), mangleProps, format: 'esm', platform: 'neutral', outfile });
  }
}

const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
  stdio: 'inherit',
});
if (tsc.status !== 0) {
  process.exit(tsc.status ?? 1);
}
// tsc leaves what is declared already.
for (const file of readdirSync(at('src/generated')).filter((name) => name.endsWith('.d.ts'))) {
  cpSync(at(`src/generated/${file}`), at(`lib/types/esm/generated/${file}`));
}
// The same declarations are read as CommonJS where the nearest package.json says so.
cpSync(at('lib/types/esm'), at('lib/types/cjs'), { recursive: true });
for (const [folder, type] of [
  ['esm', 'module'],
  ['cjs', 'commonjs'],
]) {
  mkdirSync(at(`lib/types/${folder}`), { recursive: true });
  writeFileSync(at(`lib/types/${folder}/package.json`), `${JSON.stringify({ type })}\n`);
}
