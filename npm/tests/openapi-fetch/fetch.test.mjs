// A `fetch` and a `Request` of the caller's own, and options that go on to them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './client.mjs';

const answering = (seen, value) => async (request) => {
  seen.push(request);
  return Response.json(value);
};

test("the client's fetch gets a Request and answers", async (t) => {
  const seen = [];
  const { client, server } = await connect(t, undefined, { fetch: answering(seen, { from: 'client' }) });
  const { data } = await client.POST('/f', { body: { a: 1 }, headers: { 'x-a': '1' } });
  assert.deepEqual(data, { from: 'client' });
  const [request] = seen;
  assert.ok(request instanceof Request);
  assert.deepEqual([request.method, request.url, request.headers.get('x-a')], ['POST', `${server.baseUrl}/f`, '1']);
  assert.deepEqual(await request.json(), { a: 1 });
  assert.equal(server.calls().length, 0);
});

test("a call's fetch goes before the client's, for that call", async (t) => {
  const [ofClient, ofCall] = [[], []];
  const { client } = await connect(t, undefined, { fetch: answering(ofClient, 'client') });
  assert.equal((await client.GET('/f', { fetch: answering(ofCall, 'call') })).data, 'call');
  assert.equal((await client.GET('/f')).data, 'client');
  assert.deepEqual([ofClient.length, ofCall.length], [1, 1]);
});

test('a Request class makes the requests that middleware sees', async (t) => {
  class Marked extends Request {
    mark = 'of the class';
  }
  const marks = [];
  const middleware = { onRequest: ({ request }) => void marks.push(request.mark) };
  const { client, last } = await connect(t, undefined, { Request: Marked });
  client.use(middleware);
  await client.GET('/f');
  class Other extends Request {
    mark = 'of the call';
  }
  await client.GET('/f', { Request: Other });
  assert.deepEqual(marks, ['of the class', 'of the call']);
  assert.equal(last().headers.authorization, 'Bearer the-token');
});

test('options of RequestInit are on the Request', async (t) => {
  const { client } = await connect(t, undefined, { credentials: 'include', cache: 'no-store' });
  const requests = [];
  client.use({ onRequest: ({ request }) => void requests.push(request) });
  await client.GET('/f', { cache: 'reload' });
  const [{ credentials, cache }] = requests;
  assert.deepEqual([credentials, cache], ['include', 'reload']);
});

test('a signal aborts, before and during the call', async (t) => {
  const { client, server } = await connect(t, () => 'hang');
  await assert.rejects(client.GET('/f', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  const controller = new AbortController();
  const call = client.GET('/f', { signal: controller.signal });
  await server.until((seen) => seen.length > 0);
  controller.abort(new RangeError('enough'));
  await assert.rejects(call, RangeError);
});
