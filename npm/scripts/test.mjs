// npm test: the types, then every test with each engine.
import { readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A call that hangs is a defect: it must fail, not hold up the run. */
const LIMIT = '--test-timeout=120000';
/** Tests that have a runner of their own: `npm run test:edge`. */
const ELSEWHERE = /^(permit|worker|worker-engine|worker-store|memory|size|contract|edge-light|browser)\.test\.mjs$/;
const files = ['', 'dropin/', 'official/', 'openapi-fetch/'].flatMap((folder) =>
  readdirSync(`${root}/tests/${folder}`)
    .filter((name) => name.endsWith('.test.mjs') && !ELSEWHERE.test(name))
    .map((name) => `tests/${folder}${name}`),
);

function run(title, args, env = {}) {
  console.log(`\n${title}`);
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status === 0;
}

const passed = [
  run('types', ['scripts/check-types.mjs']),
  ...['native', 'wasm'].map((engine) =>
    run(`node:test, ${engine} engine`, ['--test', '--test-reporter=spec', LIMIT, ...files], {
      LOGTO_MANAGEMENT_ENGINE: engine,
    }),
  ),
];
process.exitCode = passed.every(Boolean) ? 0 : 1;
