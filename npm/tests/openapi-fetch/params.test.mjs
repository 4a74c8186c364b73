// Paths and queries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './client.mjs';

const LIST = ['a b', 'c&d'];
const OBJECT = { role: 'admin', name: 'ü' };

/** Path, its parameters, and the target that they make. */
const PATHS = [
  ['/p/{id}', { id: 5 }, '/p/5'],
  ['/p/{id}', { id: '🥴/?#' }, '/p/%F0%9F%A5%B4%2F%3F%23'],
  ['/p/{id}', { id: true }, '/p/true'],
  ['/p/{a}/{b}', { a: 'x', b: 'y' }, '/p/x/y'],
  ['/p/{id}', { id: LIST }, '/p/a%20b,c%26d'],
  ['/p/{id*}', { id: LIST }, '/p/a%20b,c%26d'],
  ['/p/{id}', { id: OBJECT }, '/p/role,admin,name,%C3%BC'],
  ['/p/{id*}', { id: OBJECT }, '/p/role=admin,name=%C3%BC'],
  ['/p/{.id}', { id: 5 }, '/p/.5'],
  ['/p/{.id}', { id: LIST }, '/p/.a%20b,c%26d'],
  ['/p/{.id*}', { id: LIST }, '/p/.a%20b.c%26d'],
  ['/p/{.id}', { id: OBJECT }, '/p/.role,admin,name,%C3%BC'],
  ['/p/{.id*}', { id: OBJECT }, '/p/.role=admin.name=%C3%BC'],
  ['/p/{;id}', { id: 5 }, '/p/;id=5'],
  ['/p/{;id}', { id: LIST }, '/p/;id=a%20b,c%26d'],
  ['/p/{;id*}', { id: LIST }, '/p/;id=a%20b;id=c%26d'],
  ['/p/{;id}', { id: OBJECT }, '/p/;id=role,admin,name,%C3%BC'],
  ['/p/{;id*}', { id: OBJECT }, '/p/;role=admin;name=%C3%BC'],
];
for (const [path, params, target] of PATHS) {
  test(`${path} with ${JSON.stringify(params)} is ${target}`, async (t) => {
    const { client, last } = await connect(t);
    await client.GET(path, { params: { path: params } });
    assert.equal(last().url, target);
  });
}

/** The serialiser's options, the query, and what stands behind the question mark. */
const QUERIES = [
  [undefined, { a: 'x y', b: 5, c: true, d: false, e: 0, f: '' }, 'a=x%20y&b=5&c=true&d=false&e=0&f='],
  [undefined, { a: null, b: undefined, c: [], d: 'd' }, 'd=d'],
  [undefined, { a: LIST }, 'a=a%20b&a=c%26d'],
  [undefined, { o: OBJECT }, 'o[role]=admin&o[name]=%C3%BC'],
  [{ array: { style: 'form', explode: true } }, { a: LIST }, 'a=a%20b&a=c%26d'],
  [{ array: { style: 'form', explode: false } }, { a: LIST }, 'a=a%20b,c%26d'],
  [{ array: { style: 'spaceDelimited', explode: true } }, { a: LIST }, 'a=a%20b&a=c%26d'],
  [{ array: { style: 'spaceDelimited', explode: false } }, { a: LIST }, 'a=a%20b%20c%26d'],
  [{ array: { style: 'pipeDelimited', explode: true } }, { a: LIST }, 'a=a%20b&a=c%26d'],
  [{ array: { style: 'pipeDelimited', explode: false } }, { a: LIST }, 'a=a%20b|c%26d'],
  [{ object: { style: 'form', explode: true } }, { o: OBJECT }, 'role=admin&name=%C3%BC'],
  [{ object: { style: 'form', explode: false } }, { o: OBJECT }, 'o=role,admin,name,%C3%BC'],
  [{ object: { style: 'deepObject', explode: true } }, { o: OBJECT }, 'o[role]=admin&o[name]=%C3%BC'],
  [{ allowReserved: true }, { a: 'x/y?z' }, 'a=x/y?z'],
  [{ allowReserved: false }, { a: 'x/y?z' }, 'a=x%2Fy%3Fz'],
];
/** The target's query, whichever of the brackets and bars a transport wrote as bytes. */
const queryOf = ({ url }) =>
  url
    .slice(url.indexOf('?') + 1)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']')
    .replaceAll('%7C', '|');
for (const [querySerializer, query, expected] of QUERIES) {
  test(`query ${JSON.stringify(query)} by ${JSON.stringify(querySerializer)} is ${expected}`, async (t) => {
    const { client, last } = await connect(t);
    await client.GET('/q', { params: { query }, ...(querySerializer && { querySerializer }) });
    assert.equal(queryOf(last()), expected);
  });
  if (querySerializer) {
    test(`the same by the client's ${JSON.stringify(querySerializer)}, ${JSON.stringify(query)}`, async (t) => {
      const { client, last } = await connect(t, undefined, { querySerializer });
      await client.GET('/q', { params: { query } });
      assert.equal(queryOf(last()), expected);
    });
  }
}

test('without anything in the query there is no question mark', async (t) => {
  const { client, last } = await connect(t);
  for (const query of [{}, { a: undefined, b: null, c: [] }]) {
    await client.GET('/q', { params: { query } });
    assert.equal(last().url, '/q');
  }
});

test('a serialiser that is a function has the query to itself, the question mark is optional', async (t) => {
  const { client, last } = await connect(t, undefined, { querySerializer: () => 'client=1' });
  await client.GET('/q', { params: { query: { a: 1 } } });
  assert.equal(last().url, '/q?client=1');
  const serializers = [(query) => `a-${query.a}`, (query) => `?a-${query.a}`];
  for (const querySerializer of serializers) {
    await client.GET('/q', { params: { query: { a: 1 } }, querySerializer });
    assert.equal(last().url, '/q?a-1');
  }
});

test("a call's serialiser options join those of the client", async (t) => {
  const { client, last } = await connect(t, undefined, {
    querySerializer: { array: { style: 'form', explode: false } },
  });
  await client.GET('/q', {
    params: { query: { a: LIST, o: OBJECT } },
    querySerializer: { object: { style: 'form', explode: false } },
  });
  assert.equal(queryOf(last()), 'a=a%20b,c%26d&o=role,admin,name,%C3%BC');
});

test('what is nested deeper needs a serialiser of its own', async (t) => {
  const { client, server } = await connect(t);
  const query = { o: { deep: { deeper: 1 } } };
  await assert.rejects(async () => client.GET('/q', { params: { query } }), /querySerializer/);
  assert.equal(server.calls().length, 0);
});

test('a pathSerializer fills the path, the call before the client', async (t) => {
  const { client, last } = await connect(t, undefined, { pathSerializer: (path) => path.replace('{id}', 'client') });
  await client.GET('/p/{id}', { params: { path: { id: 1 } } });
  assert.equal(last().url, '/p/client');
  const pathSerializer = (path, { id }) => path.replace('{id}', `call-${id}`);
  await client.GET('/p/{id}', { params: { path: { id: 1 } }, pathSerializer });
  assert.equal(last().url, '/p/call-1');
});

test('a baseUrl may end with a slash, and may have a path', async (t) => {
  for (const ending of ['/', '/base', '/base/']) {
    const { client, last } = await connect(t, undefined, ({ baseUrl }) => ({ baseUrl: `${baseUrl}${ending}` }));
    await client.GET('/q');
    assert.equal(last().url, ending.startsWith('/base') ? '/base/q' : '/q');
  }
});

test("a call's baseUrl takes the place of the client's", async (t) => {
  const { client, server, last } = await connect(t);
  await client.GET('/q', { baseUrl: `${server.baseUrl}/other/` });
  assert.equal(last().url, '/other/q');
});
