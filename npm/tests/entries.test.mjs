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
  'verifyWebhookSignature',
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

test('both engines know the same names', async () => {
  const wasm = await import('../lib/wasm-default.mjs');
  assert.deepEqual(wasm.errorNames, api.errorNames);
  const { report } = process;
  const platform = report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl';
  const suffix = { linux: `linux-${process.arch}-${platform}`, win32: `win32-${process.arch}-msvc` };
  const addon = suffix[process.platform] ?? `${process.platform}-${process.arch}`;
  assert.deepEqual(require(`../logto-management.${addon}.node`).errorNames(), api.errorNames);
});

test('both engines know the same phrases', async () => {
  const wasm = await import('../lib/wasm-default.mjs');
  const phraseIn = async ({ createApiClient }, status) => {
    const fetch = async () => new Response([204, 205, 304].includes(status) ? null : '{}', { status });
    const client = createApiClient({ baseUrl: 'https://logto.test', getToken: async () => 'token', retries: 0, fetch });
    const { response } = await client.GET('/x');
    client.dispose();
    return response.statusText;
  };
  // Redirects reject, and have no response to look at.
  const statuses = Array.from({ length: 400 }, (_, at) => at + 200).filter((s) => s === 304 || s < 300 || s > 399);
  const phrases = await Promise.all(statuses.map((status) => phraseIn(wasm, status)));
  assert.deepEqual(await Promise.all(statuses.map((status) => phraseIn(api, status))), phrases);
  assert.equal(phrases[statuses.indexOf(404)], 'Not Found');
  assert.equal(phrases.filter(Boolean).length, 52);
});

test('the engine is loaded with the first client, and then the kind is what loaded', () => {
  const loaded = 'process.report.getReport().sharedObjects.some((path) => /logto.management.*\\.node$/.test(path))';
  const script = (first) => `
    import * as module from 'node:module';
    const { createApiClient } = await import('logto-management');
    const package_ = await import('logto-management');
    const seen = [${loaded}, package_.engineKind];
    ${first}
    createApiClient({ baseUrl: 'http://127.0.0.1:1', getToken: async () => 't' });
    console.log(JSON.stringify([...seen, ${loaded}, package_.engineKind]));`;
  const kinds = (first, engine) => inProcess(script(first), { LOGTO_MANAGEMENT_ENGINE: engine });
  assert.equal(kinds('', '').stdout, '[false,"native",true,"native"]');
  const broken = "module.default._extensions['.node'] = () => { throw new Error('too old a libc'); };";
  assert.equal(kinds(broken, '').stdout, '[false,"native",false,"wasm"]');
  assert.match(kinds(broken, 'native').stderr, /there is no addon for this platform/);
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
