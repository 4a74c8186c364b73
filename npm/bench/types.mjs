// The declarations of a package, by what the compiler reads of them, and by the time that it takes for a program with ten operations: the same program, compiler and options.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = `${root}node_modules/typescript/bin/tsc`;

/** A package's name, the program's project with it, and where its declarations are. */
export const PACKAGES = {
  'logto-management': { project: 'bench/types/tsconfig.json', folder: `${root}lib/types/` },
  '@logto/api': { project: 'bench/types/tsconfig.official.json', folder: `${root}node_modules/@logto/api/lib/` },
};

/** The size of all declarations of the package that the compiler reads, in bytes. */
export function declarationBytes({ project, folder }) {
  const files = execFileSync(process.execPath, [tsc, '-p', project, '--listFilesOnly'], {
    cwd: root,
    encoding: 'utf8',
  });
  const own = files.split('\n').filter((file) => file.startsWith(folder));
  if (own.length === 0) {
    throw new Error(`${project} reads nothing in ${folder}`);
  }
  return own.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** Tells the process's CPU time as it ends: of what else the machine does, less is in it than in what a clock says. */
const TELL = `process.on('exit', () => { const { user, system } = process.cpuUsage(); console.log('cpu ' + (user + system) / 1000); });`;

/** The CPU time of one run of the compiler, in ms, its start included. */
export function compileMs({ project }, skipLibCheck) {
  const told = execFileSync(
    process.execPath,
    ['--import', `data:text/javascript,${TELL}`, tsc, '-p', project, '--skipLibCheck', String(skipLibCheck)],
    { cwd: root, encoding: 'utf8' },
  );
  return Number(/^cpu (.+)$/m.exec(told)[1]);
}
