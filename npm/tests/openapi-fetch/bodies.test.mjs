// Bodies and headers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './client.mjs';

const JSON_TYPE = 'application/json';
const BODIES = [
  ['an object', { a: 1 }, '{"a":1}', JSON_TYPE],
  ['a list', [1, 2], '[1,2]', JSON_TYPE],
  ['an empty string', '', '""', JSON_TYPE],
  ['0', 0, '0', JSON_TYPE],
  ['false', false, 'false', JSON_TYPE],
  ['null', null, 'null', JSON_TYPE],
  ['undefined', undefined, '', undefined],
];
for (const [name, body, sent, type] of BODIES) {
  test(`a body that is ${name}`, async (t) => {
    const { client, last } = await connect(t);
    await client.PUT('/b', { body });
    assert.deepEqual([last().body, last().headers['content-type']], [sent, type]);
  });
}

test('FormData goes as multipart, with its boundary', async (t) => {
  const { client, last } = await connect(t);
  const body = new FormData();
  body.append('name', 'Ann');
  body.append('file', new File(['content'], 'a.txt', { type: 'text/plain' }));
  await client.POST('/b', { body });
  const [, boundary] = /^multipart\/form-data; ?boundary=(.+)$/.exec(last().headers['content-type']);
  assert.ok(last().body.startsWith(`--${boundary}`));
  assert.match(last().body, /name="name"\r\n\r\nAnn\r\n/);
  assert.match(last().body, /filename="a\.txt"\r\nContent-Type: text\/plain\r\n\r\ncontent\r\n/i);
});

test('a form by its content type', async (t) => {
  const { client, last } = await connect(t);
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  await client.POST('/b', { body: { a: '1 2', b: 'ü' }, headers });
  assert.equal(last().body, 'a=1+2&b=%C3%BC');
});

test("bodySerializer: the call's before the client's, with the headers", async (t) => {
  const { client, last } = await connect(t, undefined, { bodySerializer: (body) => `client ${body.a}` });
  await client.PUT('/b', { body: { a: 1 } });
  assert.equal(last().body, 'client 1');
  await client.PUT('/b', {
    body: { a: 1 },
    headers: { 'x-kind': 'k' },
    bodySerializer: (body, headers) => `call ${body.a} ${headers.get('x-kind')}`,
  });
  assert.equal(last().body, 'call 1 k');
});

test('headers merge: client, call, params; null takes away, undefined leaves alone, a list sends all', async (t) => {
  const { client, last } = await connect(t, undefined, {
    headers: { 'x-a': 'client', 'x-b': 'client', 'x-c': 'client', 'x-d': 'client' },
  });
  await client.GET('/h', {
    headers: { 'x-b': 'call', 'x-c': null, 'x-d': undefined, 'x-e': ['1', '2'] },
    params: { header: { 'x-f': 'param', 'x-b': 'param' } },
  });
  const { headers } = last();
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => headers[`x-${name}`]),
    ['client', 'param', undefined, 'client', '1, 2', 'param'],
  );
});

test('headers come as an object or a Headers', async (t) => {
  const { client, last } = await connect(t);
  for (const headers of [{ 'X-A': '1' }, new Headers({ 'X-A': '1' })]) {
    await client.GET('/h', { headers });
    assert.equal(last().headers['x-a'], '1');
  }
});

test('a content type of the caller stays', async (t) => {
  const { client, last } = await connect(t);
  await client.PATCH('/h', { body: {}, headers: { 'content-type': 'application/merge-patch+json' } });
  assert.equal(last().headers['content-type'], 'application/merge-patch+json');
});

test('without a body there is no content type', async (t) => {
  const { client, last } = await connect(t);
  for (const method of ['GET', 'POST', 'DELETE']) {
    await client[method]('/h');
    assert.equal(last().headers['content-type'], undefined, method);
  }
});

test('cookies go by a header', async (t) => {
  const { client, last } = await connect(t);
  await client.GET('/h', { headers: { cookie: 'session=1' } });
  assert.equal(last().headers.cookie, 'session=1');
});
