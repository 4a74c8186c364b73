// npm run smoke -- <folder> <package.tgz> <addon.tgz>: installs the tarballs into a new folder, as a user does, and runs programs there in every runtime. All of them do the same: they list every user, each once, and say on
// which engine.
//
// `cargo xtask dist --check` runs it. It brings the programs: SMOKE_NODES (several Nodes, as a PATH), SMOKE_DENO, SMOKE_BUN, SMOKE_WRANGLER, SMOKE_NFT (Next.js's tracer); SMOKE_PATH is the PATH of what runs; the LOGTO_* variables say where Logto is, and
// SMOKE_USERS how many users it has.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [place, ...tarballs] = process.argv.slice(2).map((path) => resolve(path));
const { SMOKE_USERS, SMOKE_NODES, SMOKE_DENO, SMOKE_BUN, SMOKE_WRANGLER, SMOKE_NFT, SMOKE_PATH } = process.env;
const npm = process.env.npm_execpath;
const users = Number(SMOKE_USERS);
if (
  tarballs.length !== 2 ||
  !users ||
  !npm ||
  ![SMOKE_NODES, SMOKE_DENO, SMOKE_BUN, SMOKE_WRANGLER, SMOKE_NFT].every(Boolean)
) {
  throw new Error('run me by `cargo xtask dist --check`');
}
const nodes = SMOKE_NODES.split(delimiter);
const [ownNode] = nodes;
const failures = [];

/** Runs a program to its end, in the folder unless told otherwise. */
function execute(program, args, cwd = place, env = { ...process.env, PATH: SMOKE_PATH ?? process.env.PATH }) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${status ?? error}\n${stdout}${stderr}`);
  }
  return stdout;
}

/** One line of the result: the program that `start` runs must have listed every user. */
function check(name, engine, start) {
  try {
    const printed = start().trim();
    const said = JSON.parse(printed.slice(printed.lastIndexOf('\n') + 1));
    for (const [key, expected] of Object.entries({ engine, users, total: users, ids_unique: users })) {
      if (said[key] !== expected) {
        throw new Error(`${key} is ${said[key]} and not ${expected}: ${JSON.stringify(said)}`);
      }
    }
    console.log(`   ok: ${name} (${engine})`);
  } catch (error) {
    failures.push(name);
    console.log(`   FAILED: ${name}\n${error.message}`);
  }
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

mkdirSync(place, { recursive: true });
writeFileSync(join(place, 'package.json'), '{ "private": true, "type": "module" }\n');
execute(process.execPath, [npm, 'install', '--no-audit', '--no-fund', ...tarballs], place, process.env);
for (const part of ['node', 'node-cjs', 'worker-threads', 'typescript', 'cloudflare']) {
  copy(at(part), join(place, part));
}

for (const node of nodes) {
  const version = execute(node, ['--version']).trim();
  check(`Node ${version}, ES module`, 'native', () => execute(node, ['node/demo.mjs']));
  check(`Node ${version}, CommonJS`, 'native', () => execute(node, ['node-cjs/main.cjs']));
  check(`Node ${version}, worker threads`, 'native', () => execute(node, ['worker-threads/main.mjs']));
}

for (const compiler of ['typescript', 'typescript-7']) {
  check(`${compiler === 'typescript' ? 'TypeScript 5.9' : 'TypeScript 7'}`, 'native', () => {
    execute(ownNode, [at(`../node_modules/${compiler}/bin/tsc`), '-p', 'typescript']);
    return execute(ownNode, ['typescript/out/main.js']);
  });
}

const denoRun = ['run', '--quiet', '--no-prompt', '--allow-net', '--allow-env'];
check('Deno', 'wasm', () => execute(SMOKE_DENO, [...denoRun, 'node/demo.mjs']));
check('Bun', 'native', () => execute(SMOKE_BUN, ['run', 'node/demo.mjs']));

check('Worker, bundled by wrangler', 'wasm', () => {
  const out = join(place, 'cloudflare', 'out');
  const deploy = [SMOKE_WRANGLER, 'deploy', '--dry-run', '--outdir', out];
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' };
  execute(nodes[1], deploy, join(place, 'cloudflare'), env);
  return execute(nodes[1], [at('worker.mjs'), out]);
});

// What leaves the folder behind. It lies elsewhere, so that nothing of the folder can be found from there.
const alone = realpathSync(mkdtempSync(join(tmpdir(), 'logto-management-alone-')));
try {
  for (const [format, file, source] of [
    ['esm', 'bundle.mjs', 'node/demo.mjs'],
    ['cjs', 'bundle.cjs', 'node-cjs/main.cjs'],
  ]) {
    check(`esbuild, ${format}`, 'native', () => {
      const options = { entryPoints: [source], outfile: file, bundle: true, platform: 'node', format };
      buildSync({ ...options, absWorkingDir: place, logLevel: 'warning' });
      return execute(ownNode, [file]);
    });
    check(`esbuild, ${format}, the bundle alone`, 'wasm', () => {
      copy(join(place, file), join(alone, file));
      return execute(ownNode, [file], alone);
    });
  }

  // What Next.js copies for `output: 'standalone'`: the files that it traced, and an addon that is asked for by a computed name is not among them.
  for (const [format, source] of [
    ['ES module', 'node/demo.mjs'],
    ['CommonJS', 'node-cjs/main.cjs'],
  ]) {
    check(`a standalone copy without the .node file, ${format}`, 'wasm', () => {
      const standalone = join(alone, format);
      const traced = execute(ownNode, [SMOKE_NFT, 'print', source]).trim().split(/\r?\n/);
      for (const file of traced.filter((name) => existsSync(join(place, name)) && !name.endsWith('.node'))) {
        copy(join(place, file), join(standalone, file));
      }
      return execute(ownNode, [source], standalone);
    });
  }
} finally {
  rmSync(alone, { recursive: true, force: true });
}

if (failures.length > 0) {
  console.log(`${failures.length} failed: ${failures.join('; ')}`);
  process.exitCode = 1;
}
