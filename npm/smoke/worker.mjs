// node smoke/worker.mjs <folder>: runs the Worker that wrangler left in the folder as it would deploy it, and prints what its /demo answers. The LOGTO_* variables become its own.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Miniflare } from 'miniflare';

const folder = resolve(process.argv[2]);
// The first of the modules is where the Worker begins, and wrangler leaves one in JavaScript.
const files = (await readdir(folder)).filter((name) => /\.(js|wasm)$/.test(name));
files.sort((a, b) => Number(b.endsWith('.js')) - Number(a.endsWith('.js')));
const modules = await Promise.all(
  files.map(async (name) => {
    const path = join(folder, name);
    const contents = await readFile(path);
    return name.endsWith('.wasm')
      ? { type: 'CompiledWasm', path, contents }
      : { type: 'ESModule', path, contents: contents.toString() };
  }),
);
const miniflare = new Miniflare({
  modulesRoot: folder,
  compatibilityDate: '2025-09-01',
  modules,
  bindings: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('LOGTO_'))),
});
try {
  const answer = await miniflare.dispatchFetch('http://localhost/demo');
  const said = await answer.text();
  console.log(answer.ok ? JSON.stringify({ engine: 'wasm', ...JSON.parse(said) }) : said);
} finally {
  await miniflare.dispose();
}
