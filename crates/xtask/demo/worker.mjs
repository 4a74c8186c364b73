// Runs the example Worker of npm/smoke/cloudflare in workerd and prints what its /demo answers, one JSON line. The LOGTO_* variables become its bindings.
//   node worker.mjs <checkout>
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , root] = process.argv;
const example = join(root, 'npm', 'smoke', 'cloudflare');
const { startWorker } = await import(pathToFileURL(join(root, 'npm', 'tests', 'workerd', 'start.mjs')));

const wrangler = await readFile(join(example, 'wrangler.toml'), 'utf8');
const main = /^main\s*=\s*"([^"]+)"/m.exec(wrangler)?.[1];
if (!main) throw new Error('npm/smoke/cloudflare/wrangler.toml has no main');

const bindings = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('LOGTO_')));
const worker = await startWorker(join(example, main), { bindings });
try {
  const started = performance.now();
  const answer = await worker.fetch('http://localhost/demo');
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the Worker answered ${answer.status}: ${text}`);
  console.log(JSON.stringify({ ...JSON.parse(text), ms: performance.now() - started }));
} finally {
  await worker.dispose();
}
