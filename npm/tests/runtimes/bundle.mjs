// Bundles a program with the package as an installed one, under the conditions of a runtime.
import { mkdtemp, mkdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const npm = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param entries Names of the bundles, and the modules they begin with.
 * @param options Of esbuild: `conditions`, `plugins`, …
 * @returns Name by name, the text of the bundle.
 */
export async function bundle(entries, options) {
  const folder = await mkdtemp(join(tmpdir(), 'logto-bundle-'));
  try {
    // The package's exports decide what the runtime gets.
    const installed = join(folder, 'node_modules');
    await mkdir(installed);
    await symlink(npm, join(installed, 'logto-management'), 'junction');
    const { outputFiles } = await build({
      entryPoints: entries,
      outdir: folder,
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      mainFields: ['module', 'main'],
      nodePaths: [installed, join(npm, 'node_modules')],
      logLevel: 'warning',
      ...options,
    });
    return Object.fromEntries(
      outputFiles.map(({ path, text }) => [
        path
          .split(/[\\/]/)
          .pop()
          .replace(/\.m?js$/, ''),
        text,
      ]),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
