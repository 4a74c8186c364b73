// The life cycle as JavaScript, for every Node: the oldest that the package supports runs no TypeScript.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export const catalogueFile = new URL('../../../crates/catalogue/management.json', import.meta.url);

/** @returns {Promise<typeof import('./life-cycle.ts')>} */
export async function lifeCycleModule() {
  // Inside of the package, which the bundle imports by its name.
  const outfile = here(`.built/life-cycle.${process.pid}.mjs`);
  await build({
    entryPoints: [here('life-cycle.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  try {
    return await import(outfile);
  } finally {
    await rm(outfile);
  }
}
