// What the package exports, in both module systems, and which engine it takes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as api from 'logto-management';

const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Every value that the types promise. */
const NAMES = [
  'ApiError',
  'BudgetExhaustedError',
  'ClientCredentials',
  'ClientCredentialsError',
  'ConfigError',
  'DecodeError',
  'ItemIterator',
  'Listing',
  'LogtoError',
  'PageIterator',
  'Search',
  'TransportError',
  'UnexpectedRedirectError',
  'UserSearch',
  'allScope',
  'cacheTokenStore',
  'createApiClient',
  'createManagementApi',
  'createManagementApiFromEnv',
  'engineKind',
  'errorNames',
  'errorOf',
  'getBaseUrl',
  'getManagementApiIndicator',
  'infoOf',
  'operationsOf',
  'search',
  'unwrap',
  'userSearch',
];

test('both paths and both module systems export the same', async () => {
  const management = await import('logto-management/management');
  for (const module of [api, management, require('logto-management'), require('logto-management/management')]) {
    assert.deepEqual(
      Object.keys(module)
        .filter((name) => name !== 'default')
        .sort(),
      NAMES,
    );
  }
  assert.equal(management.ApiError, api.ApiError);
});

test('the conditions stand in the order in which runtimes must find them', () => {
  const order = ['workerd', 'edge-light', 'deno', 'bun', 'browser', 'node', 'default'];
  assert.deepEqual(Object.keys(manifest.exports['.']), order);
  assert.deepEqual(manifest.exports['.'], manifest.exports['./management']);
});

/** What a fresh process says, with other variables. */
function inProcess(script, env) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { stdout: stdout.trim(), stderr, status };
}

test('the engine can be insisted on', () => {
  const script = "const { engineKind } = await import('logto-management'); console.log(engineKind);";
  assert.equal(inProcess(script, { LOGTO_MANAGEMENT_ENGINE: 'wasm' }).stdout, 'wasm');
  assert.equal(inProcess(script, { LOGTO_MANAGEMENT_ENGINE: 'native' }).stdout, 'native');
  assert.equal(inProcess(script, { LOGTO_MANAGEMENT_ENGINE: '' }).stdout, 'native');
});

test('both engines know the same names', () => {
  const script = "const { errorNames } = await import('logto-management'); console.log(errorNames.join());";
  const [native, wasm] = ['native', 'wasm'].map(
    (engine) => inProcess(script, { LOGTO_MANAGEMENT_ENGINE: engine }).stdout,
  );
  assert.equal(wasm, native);
  assert.equal(native, api.errorNames.join());
});

test('importing and making a client does nothing', () => {
  const script = `
    const forbidden = (name) => () => { throw new Error(name + ' was used'); };
    globalThis.fetch = forbidden('fetch');
    globalThis.setTimeout = forbidden('setTimeout');
    globalThis.setInterval = forbidden('setInterval');
    Math.random = forbidden('Math.random');
    const { createManagementApi } = await import('logto-management');
    createManagementApi('default', { clientId: 'a', clientSecret: 'b' });
    console.log('inert');`;
  for (const engine of ['native', 'wasm']) {
    const { stdout, stderr } = inProcess(script, { LOGTO_MANAGEMENT_ENGINE: engine });
    assert.equal(stdout, 'inert', stderr);
  }
});
