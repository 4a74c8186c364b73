// Listings as JavaScript has them. What a page is and when it ends is the core's, and pinned by vectors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from 'logto-management';
import { startApi } from './support/server.mjs';

const id = (number) => `u${String(number).padStart(3, '0')}`;

/** Answers `/api/users` as Logto does, with `total` users. */
const users =
  (total) =>
  ({ query }) => {
    const [page, size] = [Number(query.get('page')), Number(query.get('page_size'))];
    const first = (page - 1) * size;
    const items = Array.from({ length: Math.max(0, Math.min(size, total - first)) }, (_, at) => ({
      id: id(first + at + 1),
    }));
    return { json: items, headers: { 'total-number': String(total), 'logto-core-request-id': `page-${page}` } };
  };

test('for await gives every item in order', async (t) => {
  const { apiClient, server } = await startApi(t, api, users(250));
  const ids = [];
  for await (const user of apiClient.paginate('/api/users', { concurrency: 4 })) {
    ids.push(user.id);
  }
  assert.deepEqual(
    ids,
    Array.from({ length: 250 }, (_, at) => id(at + 1)),
  );
  assert.equal(server.calls().length, 3);
});

test('nothing is sent before it is asked for, and every loop lists anew', async (t) => {
  const { apiClient, server } = await startApi(t, api, users(3));
  const listing = apiClient.paginate('/api/users');
  assert.equal(server.seen.length, 0);
  for (const _ of [1, 2]) {
    let count = 0;
    for await (const _user of listing) {
      count += 1;
    }
    assert.equal(count, 3);
  }
  assert.equal(server.calls().length, 2);
});

test('await gives the first page, and next() the one after it', async (t) => {
  const { apiClient, server } = await startApi(t, api, users(5));
  const listing = apiClient.paginate('/api/users', { pageSize: 2 });
  const first = await listing;
  assert.equal(await listing, first);
  const { items, number, size, total, totalIsExact, requestId } = first;
  assert.deepEqual(
    { items, number, size, total, totalIsExact, requestId },
    { items: [{ id: 'u001' }, { id: 'u002' }], number: 1, size: 2, total: 5, totalIsExact: true, requestId: 'page-1' },
  );
  const second = await first.next();
  assert.equal(await first.next(), second);
  const third = await second.next();
  assert.deepEqual([second.number, third.number, third.items.length, await third.next()], [2, 3, 1, undefined]);
  assert.equal(server.calls().length, 3);
});

test('pages() gives pages, and a cursor to resume from', async (t) => {
  const { apiClient } = await startApi(t, api, users(5));
  const numbers = [];
  let cursor;
  for await (const page of apiClient.paginate('/api/users', { pageSize: 2 }).pages()) {
    numbers.push(page.number);
    cursor ??= page.cursor;
  }
  assert.deepEqual(numbers, [1, 2, 3]);
  const rest = [];
  for await (const user of apiClient.paginate('/api/users', { cursor })) {
    rest.push(user.id);
  }
  assert.deepEqual(rest, ['u003', 'u004', 'u005']);
});

test("an item iterator's cursor skips nothing", async (t) => {
  const { apiClient } = await startApi(t, api, users(5));
  const items = apiClient.paginate('/api/users', { pageSize: 2 })[Symbol.asyncIterator]();
  for (let count = 0; count < 3; count += 1) {
    await items.next();
  }
  assert.equal(items.page.number, 2);
  const resumed = await apiClient.paginate('/api/users', { cursor: items.cursor });
  assert.deepEqual(resumed.items, [{ id: 'u003' }, { id: 'u004' }]);
  while (!(await items.next()).done) {
    // To the end.
  }
  assert.equal(items.cursor, undefined);
  assert.equal(items.page.total, 5);
});

test('after an error the iterator goes on where it stopped', async (t) => {
  let failures = 1;
  const list = users(5);
  const { apiClient } = await startApi(t, api, (request) =>
    request.query.get('page') === '2' && failures-- > 0
      ? { status: 400, json: { code: 'guard.invalid_pagination', message: 'no' } }
      : list(request),
  );
  const iterator = apiClient.paginate('/api/users', { pageSize: 2 })[Symbol.asyncIterator]();
  const ids = [(await iterator.next()).value.id, (await iterator.next()).value.id];
  await assert.rejects(
    iterator.next(),
    (error) => error instanceof api.ApiError && error.code === 'guard.invalid_pagination',
  );
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    ids.push(next.value.id);
  }
  assert.deepEqual(ids, ['u001', 'u002', 'u003', 'u004', 'u005']);
});

test('a first page that failed is asked for again', async (t) => {
  let failures = 1;
  const list = users(1);
  const { apiClient } = await startApi(t, api, (request) =>
    failures-- > 0 ? { status: 403, json: { code: 'auth.forbidden', message: 'no' } } : list(request),
  );
  const listing = apiClient.paginate('/api/users');
  await assert.rejects(async () => listing, api.ApiError);
  assert.equal((await listing).items.length, 1);
});

test('next() may be called without waiting', async (t) => {
  const { apiClient } = await startApi(t, api, users(5));
  const iterator = apiClient.paginate('/api/users', { pageSize: 2 })[Symbol.asyncIterator]();
  const results = await Promise.all(Array.from({ length: 7 }, () => iterator.next()));
  assert.deepEqual(
    results.map(({ value }) => value?.id),
    ['u001', 'u002', 'u003', 'u004', 'u005', undefined, undefined],
  );
});

test('break ends a listing', async (t) => {
  const { apiClient, server } = await startApi(t, api, users(500));
  for await (const _ of apiClient.paginate('/api/users', { pageSize: 10 })) {
    break;
  }
  assert.equal(server.calls().length, 1);
});

test('parameters and headers are those of any call', async (t) => {
  const { apiClient, server } = await startApi(t, api, users(1), { headers: { 'x-client': 'c', 'x-both': 'c' } });
  await apiClient.paginate('/api/organizations/{id}/users', {
    params: {
      path: { id: 'a/b' },
      query: { search_params: { 'search.name': ['x', 'y'], 'joint': 'and' }, none: null, undef: undefined },
      header: { 'x-call': 1 },
    },
    headers: { 'x-both': 'call' },
    pageSize: 7,
    page: 2,
    retries: 0,
  });
  const [{ url, headers }] = server.calls();
  const { pathname, searchParams } = new URL(url, 'http://host');
  assert.equal(pathname, '/api/organizations/a%2Fb/users');
  assert.deepEqual(Object.fromEntries(searchParams), {
    'search.name': 'y',
    'joint': 'and',
    'page': '2',
    'page_size': '7',
  });
  assert.deepEqual(searchParams.getAll('search.name'), ['x', 'y']);
  assert.deepEqual([headers['x-client'], headers['x-both'], headers['x-call']], ['c', 'call', '1']);
});

for (const wrong of [
  { pageSize: 101 },
  { pageSize: 0 },
  { pageSize: 1.5 },
  { page: 0 },
  { concurrency: 0 },
  { concurrency: 1.5 },
  { cursor: 'nonsense' },
  { retries: -1 },
  { nonsense: 1 },
]) {
  test(`a wrong option is told by the first page: ${JSON.stringify(wrong)}`, async (t) => {
    const { apiClient, server } = await startApi(t, api, users(1));
    await assert.rejects(async () => apiClient.paginate('/api/users', wrong), api.ConfigError);
    assert.equal(server.seen.length, 0);
  });
}

test('a listing takes what a call takes: headers, timeout, retries, signal, fetch', async (t) => {
  const { apiClient, server } = await startApi(t, api, users(3));
  const seen = [];
  const fetch = (request) => {
    seen.push(new URL(request.url).search);
    return globalThis.fetch(request);
  };
  const page = await apiClient.paginate('/api/users', {
    params: { query: { q: 'a' }, header: { 'x-a': 'params' } },
    headers: { 'x-a': 'call', 'x-b': '1' },
    pageSize: 2,
    timeout: 5000,
    retries: 0,
    signal: new AbortController().signal,
    fetch,
  });
  assert.equal(page.total, 3);
  assert.equal((await page.next()).items.length, 1);
  assert.deepEqual(seen, ['?q=a&page=1&page_size=2', '?q=a&page=2&page_size=2']);
  const { headers } = server.calls()[0];
  assert.deepEqual([headers['x-a'], headers['x-b'], headers.authorization], ['params', '1', 'Bearer t1']);
});

test('a listing that is aborted before it begins sends nothing', async (t) => {
  const { apiClient, server } = await startApi(t, api, users(3));
  await assert.rejects(async () => apiClient.paginate('/api/users', { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
  assert.equal(server.seen.length, 0);
});
