// A Worker's bundle, and what of it the package is. The benchmark tells its size, and `tests/size.test.mjs` holds it to the budget.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The most that a Worker's bundle is to gain by the package, in bytes after `gzip -9`: tests fail above it. */
export const BUDGET = 65_536;

/** Bundles as a Worker is bundled; `[{ path, contents }]`, the script first. */
export async function bundleWorker(entry, outdir, minify) {
  await build({
    entryPoints: { worker: entry },
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
}

/** What all files together have. */
export function sizesOf(files) {
  const sizes = { raw_bytes: 0, gzip_bytes: 0, brotli_bytes: 0 };
  for (const { contents } of files) {
    sizes.raw_bytes += contents.length;
    sizes.gzip_bytes += gzipSync(contents, { level: 9 }).length;
    sizes.brotli_bytes += brotliCompressSync(contents).length;
  }
  return sizes;
}
