// openapi-fetch's client by paths, wrapped around ours.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrapAsPathBasedClient } from 'openapi-fetch';
import { connect } from './client.mjs';

test('wrapAsPathBasedClient takes our client', async (t) => {
  const { client, last } = await connect(t, () => ({ json: { id: 'u1' } }));
  const byPath = wrapAsPathBasedClient(client);
  for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH']) {
    const { data } = await byPath['/api/users/{userId}'][method]({ params: { path: { userId: 'u1' } } });
    assert.deepEqual([last().method, last().url, data], [method, '/api/users/u1', { id: 'u1' }]);
  }
  assert.equal(last().headers.authorization, 'Bearer the-token');
  assert.equal((await byPath['/api/users/{userId}'].HEAD({ params: { path: { userId: 'u1' } } })).data, undefined);
});

test('it keeps the calls of a path', async (t) => {
  const { client } = await connect(t);
  const byPath = wrapAsPathBasedClient(client);
  assert.equal(byPath['/api/users'], byPath['/api/users']);
});

test('middleware of the client sees its calls', async (t) => {
  const { client } = await connect(t);
  const seen = [];
  client.use({ onRequest: ({ schemaPath }) => void seen.push(schemaPath) });
  await wrapAsPathBasedClient(client)['/api/users'].GET();
  assert.deepEqual(seen, ['/api/users']);
});
