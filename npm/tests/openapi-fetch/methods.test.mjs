// Methods, and what an answer becomes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './client.mjs';

for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH']) {
  test(`${method} sends itself and gives the data`, async (t) => {
    const { client, last } = await connect(t, () => ({ json: { ok: true } }));
    const { data, error, response } = await client[method]('/things');
    assert.deepEqual([last().method, last().url], [method, '/things']);
    assert.deepEqual([data, error, response.status], [{ ok: true }, undefined, 200]);
  });

  test(`${method} gives the error of a refusal`, async (t) => {
    const { client } = await connect(t, () => ({ status: 422, json: { code: 'x', message: 'no' } }));
    const { data, error, response } = await client[method]('/things');
    assert.deepEqual([data, error, response.status], [undefined, { code: 'x', message: 'no' }, 422]);
  });

  test(`request('${method.toLowerCase()}') is the same call`, async (t) => {
    const { client, last } = await connect(t, () => ({ json: { ok: true } }));
    const { data } = await client.request(method.toLowerCase(), '/things');
    assert.deepEqual([last().method, data], [method, { ok: true }]);
  });
}

test('HEAD has no data, and the headers', async (t) => {
  const { client, last } = await connect(t, () => ({ headers: { 'x-kind': 'k' } }));
  const { data, error, response } = await client.HEAD('/things');
  assert.equal(last().method, 'HEAD');
  assert.deepEqual([data, error, response.headers.get('x-kind')], [undefined, undefined, 'k']);
});

test('TRACE is refused before it is sent, as fetch refuses it', async (t) => {
  const { client, server } = await connect(t);
  await assert.rejects(client.TRACE('/things'), TypeError);
  assert.equal(server.calls().length, 0);
});

test('204, and a length of 0, have neither data nor error', async (t) => {
  const answers = [
    { status: 204 },
    { status: 200, headers: { 'content-length': '0' } },
    { status: 500, headers: { 'content-length': '0' } },
  ];
  const { client } = await connect(t, () => answers.shift());
  for (const status of [204, 200, 500]) {
    const result = await client.DELETE('/things');
    assert.deepEqual([result.data, result.error, result.response.status], [undefined, undefined, status]);
    assert.equal('data' in result, status < 400);
  }
});

test('an error that is no JSON is a string', async (t) => {
  const { client } = await connect(t, () => ({ status: 500, text: 'Unauthorized' }));
  assert.equal((await client.GET('/things')).error, 'Unauthorized');
});

test('an error is read whatever parseAs says', async (t) => {
  const { client } = await connect(t, () => ({ status: 400, json: { message: 'm' } }));
  for (const parseAs of ['text', 'blob', 'arrayBuffer', 'stream']) {
    assert.deepEqual((await client.GET('/things', { parseAs })).error, { message: 'm' }, parseAs);
  }
});

test('parseAs gives the body as it was asked for', async (t) => {
  const { client } = await connect(t, () => ({ json: [1] }));
  const as = async (parseAs) => (await client.GET('/things', { parseAs })).data;
  assert.deepEqual(await as('json'), [1]);
  assert.equal(await as('text'), '[1]');
  assert.equal(await (await as('blob')).text(), '[1]');
  assert.equal(new TextDecoder().decode(await as('arrayBuffer')), '[1]');
  const stream = await as('stream');
  assert.ok(stream instanceof ReadableStream);
  assert.equal(await new Response(stream).text(), '[1]');
});

test('a network that fails rejects', async (t) => {
  const { client, server } = await connect(t);
  await server.close();
  t.mock.method(server, 'close', async () => undefined);
  await assert.rejects(client.GET('/things'), Error);
});
