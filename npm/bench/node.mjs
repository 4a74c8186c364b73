// This package beside @logto/api, in one process and against one server: `cargo xtask bench node` builds both sides, starts the servers and judges the lines.
//
// LOGTO_* name the server, BENCH_SLOW_ENDPOINT one with 10,000 users and 30 ms latency. CPU is this process's, all threads: the native engine's are counted.
import { execFileSync, spawnSync } from 'node:child_process';

import { createManagementApi as official } from '@logto/api/management';
import { createManagementApi } from 'logto-management/management';
import { request } from 'undici';

import { batch, compare } from './measure.mjs';
import { compileMs, declarationBytes, PACKAGES } from './types.mjs';

const { LOGTO_ENDPOINT, LOGTO_CLIENT_ID, LOGTO_CLIENT_SECRET, LOGTO_API_INDICATOR, BENCH_SLOW_ENDPOINT } = process.env;
const rounds = Number(process.env.BENCH_ROUNDS ?? 9);
const options = (baseUrl) => ({
  clientId: LOGTO_CLIENT_ID,
  clientSecret: LOGTO_CLIENT_SECRET,
  apiIndicator: LOGTO_API_INDICATOR,
  baseUrl,
});

const ours = createManagementApi('default', options(LOGTO_ENDPOINT));
const theirs = official('default', options(LOGTO_ENDPOINT));
const { value: token } = await ours.clientCredentials.getAccessToken();
const authorization = `Bearer ${token}`;

const checked = ({ data, error }) => {
  if (error !== undefined || data === undefined) throw new Error(`the call failed: ${JSON.stringify(error)}`);
  return data;
};
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const measure = (load) => (call) => batch(call, load, cpu);

const list = (pageSize) => {
  const params = { query: { page_size: pageSize } };
  const url = `${LOGTO_ENDPOINT}/api/users?page_size=${pageSize}`;
  return {
    'logto-management': async () => checked(await ours.apiClient.GET('/api/users', { params })),
    '@logto/api': async () => checked(await theirs.apiClient.GET('/api/users', { params })),
    'undici': async () => (await request(url, { headers: { authorization } })).body.json(),
    'fetch': async () => (await fetch(url, { headers: { authorization } })).json(),
  };
};
const byPackage = (call) => ({
  'logto-management': () => call(ours.apiClient),
  '@logto/api': () => call(theirs.apiClient),
});

const all = ['cpu_us_per_request', 'requests_per_second', 'p50_ms', 'p99_ms'];
await compare('get20_c32', list(20), measure({ requests: 3200, inFlight: 32 }), { rounds, metrics: all });
await compare('get20_c1', list(20), measure({ requests: 800, inFlight: 1 }), { rounds, metrics: all });
await compare('get100_c32', list(100), measure({ requests: 1600, inFlight: 32 }), { rounds, metrics: all.slice(0, 2) });

// The floor of the case above: what JSON.parse alone takes of it.
const hundred = await (await fetch(`${LOGTO_ENDPOINT}/api/users?page_size=100`, { headers: { authorization } })).text();
const parse = { 'JSON.parse': async () => JSON.parse(hundred), '(itself)': async () => JSON.parse(hundred) };
await compare('get100_floor', parse, measure({ requests: 1600, inFlight: 1 }), { rounds: 3, metrics: all.slice(0, 1) });

const [{ id: userId }] = checked(await ours.apiClient.GET('/api/users', { params: { query: { page_size: 1 } } }));
const get = byPackage(async (client) =>
  checked(await client.GET('/api/users/{userId}', { params: { path: { userId } } })),
);
await compare('user_c32', get, measure({ requests: 3200, inFlight: 32 }), { rounds, metrics: all.slice(0, 2) });

let posted = 0;
const post = byPackage(async (client) => {
  posted += 1;
  checked(await client.POST('/api/users', { body: { username: `bench_${process.pid}_${posted}`, name: 'Bench' } }));
});
await compare('post_c32', post, measure({ requests: 1600, inFlight: 32 }), { rounds, metrics: all.slice(0, 2) });

if (BENCH_SLOW_ENDPOINT) {
  const slow = createManagementApi('default', options(BENCH_SLOW_ENDPOINT)).apiClient;
  const plain = official('default', options(BENCH_SLOW_ENDPOINT)).apiClient;
  const listAll = {
    'logto-management': async () => {
      let users = 0;
      for await (const page of slow.paginate('/api/users', { concurrency: 8 }).pages()) users += page.items.length;
      return users;
    },
    '@logto/api': async () => {
      let users = 0;
      for (let page = 1; ; page += 1) {
        const rows = checked(await plain.GET('/api/users', { params: { query: { page, page_size: 100 } } }));
        users += rows.length;
        if (rows.length < 100) return users;
      }
    },
  };
  const once = async (call) => {
    const started = performance.now();
    const users = await call();
    if (users < 10_000) throw new Error(`listed ${users} users of 10,000`);
    return { wall_ms: performance.now() - started };
  };
  await compare('list10k_30ms', listAll, once, { rounds: 3, metrics: ['wall_ms'], warmUp: false });
}

// In a process where nothing else has run.
execFileSync(process.execPath, ['memory.mjs'], { cwd: import.meta.dirname, stdio: 'inherit' });

const importing = (name) => {
  const script = `const t = performance.now(); await import(${JSON.stringify(name)}); console.log(JSON.stringify({ import_ms: performance.now() - t, import_rss_mb: process.memoryUsage().rss / 1e6 }));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname });
  return JSON.parse(stdout.toString());
};
const imports = { 'logto-management': 'logto-management/management', '@logto/api': '@logto/api/management' };
await compare('import', imports, async (name) => importing(name), { rounds, metrics: ['import_ms', 'import_rss_mb'] });

const bytes = new Map(Object.values(PACKAGES).map((of) => [of, declarationBytes(of)]));
const compiling = async (of) => ({
  d_ts_bytes: bytes.get(of),
  // `skipLibCheck`, as `tsc --init` has it; and with all declarations checked, where openapi-fetch's own tell: those of its newer version, which also take read-only and write-only members apart,
  // take the compiler longer than those that the official package brings, and ours are the smaller part.
  tsc_ms: compileMs(of, true),
  tsc_lib_check_ms: compileMs(of, false),
});
await compare('types', PACKAGES, compiling, {
  rounds: Math.min(rounds, 5),
  metrics: ['d_ts_bytes', 'tsc_ms', 'tsc_lib_check_ms'],
  warmUp: false,
});
