// Operations by name, and calls by path that give the data. What a call does is the client's, and tested there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as package_ from 'logto-management';
import { startApi } from './support/server.mjs';

const { ApiError, operationsOf, userSearch, search } = package_;
const catalogue = (file) => readFileSync(new URL(`../../crates/catalogue/${file}`, import.meta.url), 'utf8');
const { operations } = JSON.parse(catalogue('management.json'));
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** A client whose requests only this test sees. */
const recorded = (answer = () => Response.json({})) => {
  const seen = [];
  const client = package_.createApiClient({
    baseUrl: 'https://logto.test',
    getToken: async () => 'token',
    fetch: async (request) => {
      const { method, url, headers } = request;
      const body = await request.clone().arrayBuffer();
      seen.push({ method, url, headers: Object.fromEntries(headers), body, request });
      return answer(request);
    },
  });
  return { api: operationsOf(client), client, seen };
};

test('the names are those of every language, spelt in camel case', () => {
  const { api } = recorded();
  const found = Object.entries(api)
    .filter(([, group]) => typeof group === 'object')
    .flatMap(([group, members]) => Object.keys(members).map((name) => `${group}.${name}`));
  const wanted = catalogue('names.txt')
    .trim()
    .split('\n')
    .map((line) => line.split(' = ')[0].split('.').map(camel).join('.'));
  assert.equal(wanted.length, 275);
  assert.deepEqual(found.sort(), wanted.sort());
});

test('every operation sends its method to its path, with its parameters, query and body', async (t) => {
  for (const operation of operations) {
    await t.test(operation.id, async () => {
      const { paging, itemsIn } = operation;
      const lists = paging === 'never' ? undefined : Response.json(itemsIn ? { [itemsIn]: [] } : []);
      const { api, seen } = recorded(() => lists ?? Response.json({ id: 'x' }));
      const given = [];
      let path = operation.path;
      for (const { name } of (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')) {
        given.push(`a/${name}`);
        path = path.replace(`{${name}}`, encodeURIComponent(`a/${name}`));
      }
      const media = Object.keys(operation.body?.content ?? {});
      const upload = media.length > 0 && !media.includes('application/json');
      if (upload) {
        given.push(new File(['bytes'], 'a.zip'));
      } else if (media.length > 0) {
        given.push({ some: 'body' });
      }
      const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      const queried = query.length > 0 || operation.search !== undefined || paging !== 'never';
      if (queried) {
        given.push({ [query[0]?.name ?? 'page']: 2 });
      }
      given.push({ headers: { 'x-test': 'yes' } });

      const answer = await api[camel(operation.group)][camel(operation.name)](...given);
      const [{ method, url, headers, body, request }] = seen;
      const { pathname, searchParams } = new URL(url);
      assert.equal(method, operation.method);
      assert.equal(pathname, path);
      assert.equal(headers['x-test'], 'yes');
      assert.equal(searchParams.get(query[0]?.name ?? 'page'), queried ? '2' : lists ? '1' : null);
      if (upload) {
        assert.match(request.headers.get('content-type'), /^multipart\/form-data; boundary=/);
        assert.match(Buffer.from(body).toString(), /name="file"; filename="a.zip"[^]*bytes/);
      } else {
        assert.equal(Buffer.from(body).toString(), media.length > 0 ? '{"some":"body"}' : '');
      }
      if (lists) {
        assert.deepEqual(answer.items, []);
      } else {
        assert.deepEqual(answer, { id: 'x' });
      }
    });
  }
});

test('createManagementApi gives them as api, the same each time', async (t) => {
  const made = await startApi(t, package_, () => ({ json: { id: 'u1' } }));
  assert.equal(made.api, made.api);
  assert.deepEqual(await made.api.users.get('u1', { includeSsoIdentities: true }), { id: 'u1' });
  assert.equal(made.server.calls()[0].url, '/api/users/u1?includeSsoIdentities=true');
});

test('a listing can be iterated, awaited and paged', async (t) => {
  const rows = Array.from({ length: 5 }, (_, at) => ({ id: `u${at}` }));
  const { api, server } = await startApi(t, package_, ({ query }) => {
    const [page, size] = [Number(query.get('page')), Number(query.get('page_size'))];
    return { json: rows.slice((page - 1) * size, page * size), headers: { 'total-number': '5' } };
  });
  const first = await api.users.list({ page_size: 2 });
  assert.deepEqual([first.items.length, first.total, (await first.next()).number], [2, 5, 2]);
  const ids = [];
  for await (const { id } of api.users.list({ page_size: 2 }, { concurrency: 2 })) {
    ids.push(id);
  }
  assert.deepEqual(ids, ['u0', 'u1', 'u2', 'u3', 'u4']);
  const sizes = [];
  for await (const page of api.users.list(undefined, { pageSize: 3 }).pages()) {
    sizes.push(page.items.length);
  }
  assert.deepEqual(sizes, [3, 2]);
  assert.ok(server.calls().every(({ path }) => path === '/api/users'));
});

test('a list that an object holds is a listing too', async (t) => {
  const { api, apiClient } = await startApi(t, package_, ({ query }) => ({
    json: { organizations: [{ id: `o${query.get('page')}` }] },
    headers: { 'total-number': '2' },
  }));
  const listing = api.applications.listUserConsentOrganizations('a1', 'u1', { page_size: 1 });
  const first = await listing;
  assert.deepEqual([first.items, first.total], [[{ id: 'o1' }], 2]);
  const path = '/api/applications/{id}/users/{userId}/consent-organizations';
  const byPath = apiClient.paginate(path, { params: { path: { id: 'a1', userId: 'u1' } }, pageSize: 1 });
  for (const listed of [listing, byPath]) {
    const ids = [];
    for await (const { id } of listed) {
      ids.push(id);
    }
    assert.deepEqual(ids, ['o1', 'o2']);
  }
});

test('an error status rejects with the typed error', async (t) => {
  const { api } = await startApi(t, package_, () => ({
    status: 422,
    json: { code: 'user.username_already_in_use', message: 'In use.', data: { username: 'ann' }, details: 'd' },
    headers: { 'logto-core-request-id': 'r1' },
  }));
  for (const call of [() => api.users.create({ username: 'ann' }), () => api.post('/api/users', { body: {} })]) {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof ApiError);
      const { status, code, data, details, requestId, route } = error;
      assert.deepEqual(
        { status, code, data, details, requestId, route },
        {
          status: 422,
          code: 'user.username_already_in_use',
          data: { username: 'ann' },
          details: 'd',
          requestId: 'r1',
          route: '/api/users',
        },
      );
      return true;
    });
  }
  await assert.rejects(async () => await api.users.list(), ApiError);
});

test('calls by path give the data', async (t) => {
  const { api, server } = await startApi(t, package_, ({ method, path }) => ({ json: { method, path } }));
  assert.deepEqual(await api.get('/api/users/{userId}', { params: { path: { userId: 'u1' } } }), {
    method: 'GET',
    path: '/api/users/u1',
  });
  assert.equal(
    (await api.put('/api/users/{userId}/roles', { params: { path: { userId: 'u1' } }, body: {} })).method,
    'PUT',
  );
  assert.equal((await api.patch('/api/sign-in-exp', { body: {} })).method, 'PATCH');
  assert.equal((await api.delete('/api/users/{userId}', { params: { path: { userId: 'u1' } } })).method, 'DELETE');
  assert.equal((await api.get('/api/users')).path, '/api/users');
  assert.equal(server.calls().length, 5);
});

test('operations go through middleware and honour their options', async (t) => {
  const { api, apiClient, server } = await startApi(t, package_, () => ({ status: 503, json: { message: 'no' } }));
  const paths = [];
  apiClient.use({ onRequest: ({ schemaPath }) => void paths.push(schemaPath) });
  await assert.rejects(api.roles.get('r1', { retries: 0 }), { status: 503, attempts: 1 });
  assert.deepEqual(paths, ['/api/roles/{id}']);
  assert.equal(server.calls().length, 1);
  const reason = new Error('enough');
  await assert.rejects(api.roles.get('r1', { signal: AbortSignal.abort(reason) }), reason);
});

test('a missing path parameter is said, and nothing is sent', async () => {
  const { api, seen } = recorded();
  await assert.rejects(async () => await api.users.get(), { name: 'ConfigError', message: /userId/ });
  await assert.rejects(async () => await api.users.get(''), { name: 'ConfigError' });
  await assert.rejects(async () => await api.users.get('..'), { name: 'ConfigError' });
  await assert.rejects(async () => await api.resources.listScopes(), { name: 'ConfigError' });
  assert.equal(seen.length, 0);
});

const searched = async (search_params) => {
  const { api, client, seen } = recorded(() => Response.json([]));
  await api.users.list({ search_params });
  await client.GET('/api/users', { params: { query: { search_params } } });
  const [named, byPath] = seen.map(({ url }) => {
    const query = new URL(url).searchParams;
    query.delete('page');
    query.delete('page_size');
    query.sort();
    return query.toString();
  });
  assert.equal(named, byPath);
  return named;
};

test('a search is what the server reads', async () => {
  assert.equal(
    await searched(userSearch().like('name', 'Ann%').exact('username', ['a', 'b']).joint('and').caseSensitive()),
    'isCaseSensitive=true&joint=and&mode.name=like&mode.username=exact&search.name=Ann%25&search.username=a&search.username=b',
  );
  assert.equal(
    await searched(userSearch().anywhere('%x%').excludeRoleId('r1').excludeOrganizationId('o1').includePasswordHash()),
    'excludeOrganizationId=o1&excludeRoleId=r1&includePasswordHash=true&search=%25x%25',
  );
  assert.equal(
    await searched(userSearch().similarTo('id', 'a|b').posix('primaryEmail', '^a').joint('or')),
    'isCaseSensitive=true&joint=or&mode.id=similar_to&mode.primaryEmail=posix&search.id=a%7Cb&search.primaryEmail=%5Ea',
  );
  assert.equal(
    await searched(search().like('primaryPhone', '49%')),
    'mode.primaryPhone=like&search.primaryPhone=49%25',
  );
  assert.equal(
    await searched({ 'joint': 'and', 'search.name': ['x'], 'mode.name': 'exact' }),
    'joint=and&mode.name=exact&search.name=x',
  );
});
