// npm run pack:dist -- <folder>: the packages as they are published. The main one, and one for the platform of each addon that was built (logto-management.<platform>.node).
//
// They are staged, so that the published manifest names the platform packages, which the checkout's must not: they cannot be installed before they are published.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? '');
if (process.argv[2] === undefined) {
  throw new Error('usage: npm run pack:dist -- <folder>');
}

const {
  scripts: _scripts,
  devDependencies: _devDependencies,
  ...manifest
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const addons = readdirSync(root).flatMap((file) => /^logto-management\.(.+)\.node$/.exec(file)?.slice(1) ?? []);
if (addons.length === 0) {
  throw new Error('no logto-management.<platform>.node in npm/: build the addon first (cargo xtask build node)');
}
for (const needed of ['lib/node.mjs', 'lib/node.cjs', 'wasm']) {
  if (!existsSync(join(root, needed))) {
    throw new Error(`npm/${needed} is missing: build the package first (cargo xtask build wasm, npm run build)`);
  }
}

/** Node's names for a platform, and npm's `libc` where there are two. */
function requirements(platform) {
  const [os, cpu, abi] = platform.split('-');
  const libc = { gnu: 'glibc', musl: 'musl' }[abi];
  return { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
}

function pack(name, content, fill) {
  const stage = mkdtempSync(join(tmpdir(), 'logto-management-pack-'));
  try {
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
    cpSync(join(root, '..', 'LICENSE'), join(stage, 'LICENSE'));
    fill(stage);
    const packed = spawnSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], {
      cwd: stage,
      encoding: 'utf8',
    });
    if (packed.status !== 0) {
      throw new Error(`npm pack of ${name} failed:\n${packed.stderr}`);
    }
    console.log(join(out, packed.stdout.trim()));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

mkdirSync(out, { recursive: true });
const { version } = manifest;
const platformPackage = (platform) => `${manifest.name}-${platform}`;

pack(
  manifest.name,
  {
    ...manifest,
    optionalDependencies: Object.fromEntries(addons.map((platform) => [platformPackage(platform), version])),
  },
  (stage) => {
    for (const part of ['lib', 'management', 'README.md']) {
      cpSync(join(root, part), join(stage, part), { recursive: true });
    }
    mkdirSync(join(stage, 'wasm'));
    for (const file of readdirSync(join(root, 'wasm')).filter((name) => name.endsWith('.wasm'))) {
      cpSync(join(root, 'wasm', file), join(stage, 'wasm', file));
    }
  },
);

for (const platform of addons) {
  const name = platformPackage(platform);
  const content = {
    name,
    version,
    description: `The native engine of ${manifest.name} for ${platform}. Installed by it; it does nothing by itself.`,
    license: manifest.license,
    repository: manifest.repository,
    engines: manifest.engines,
    ...requirements(platform),
    main: 'logto-management.node',
    files: ['logto-management.node', 'LICENSE'],
  };
  pack(name, content, (stage) => {
    cpSync(join(root, `logto-management.${platform}.node`), join(stage, 'logto-management.node'));
  });
}
