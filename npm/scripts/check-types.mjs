// Compiles, with each TypeScript that programs may have, the package and programs that use it: strictly, against the declarations that are published.
//
// The programs in tests/types/dropin were written for @logto/api, and are compiled against both packages.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const COMPILERS = { 'TypeScript 5.9': 'typescript', 'TypeScript 7': 'typescript-7' };
const PROJECTS = {
  'the package': 'tsconfig.json',
  'programs that use it': 'tests/types/tsconfig.json',
  'the life cycle': 'smoke/life-cycle/tsconfig.json',
  'a program with an older library': 'tests/types/old-library/tsconfig.json',
  'programs for @logto/api, with @logto/api': 'tests/types/dropin/tsconfig.official.json',
  'programs for @logto/api, with this package': 'tests/types/dropin/tsconfig.json',
};

let failed = false;
for (const [compiler, folder] of Object.entries(COMPILERS)) {
  for (const [project, file] of Object.entries(PROJECTS)) {
    // By its path: both packages have a command `tsc`.
    const tsc = `node_modules/${folder}/bin/tsc`;
    const { status } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', file], { cwd: root, stdio: 'inherit' });
    console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${project} (${compiler})`);
    failed ||= status !== 0;
  }
}
process.exitCode = failed ? 1 : 0;
