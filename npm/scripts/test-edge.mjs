// npm run test:edge: the WASM engine, in workerd, Vercel's edge runtime and Chromium. WORKERD_NODE names a Node that is new enough to host workerd, where this one is not.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A call that hangs is a defect: it must fail, not hold up the run. */
const LIMIT = '--test-timeout=120000';
const files = [
  'permit',
  'worker-engine',
  'worker',
  'worker-store',
  'memory',
  'size',
  'contract',
  'edge-light',
  'browser',
].map((name) => `tests/${name}.test.mjs`);
const { status } = spawnSync(
  process.env.WORKERD_NODE || process.execPath,
  ['--test', '--test-reporter=spec', LIMIT, ...files],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
