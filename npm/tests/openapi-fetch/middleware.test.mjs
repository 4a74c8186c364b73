// Middleware.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './client.mjs';

const ok = () => ({ json: { n: 0 } });

test('it may change the request, by itself or by another', async (t) => {
  const { client, last } = await connect(t, ok);
  client.use({
    onRequest({ request }) {
      request.headers.set('x-a', '1');
      return new Request(`${request.url}?more=1`, { method: 'PUT', headers: request.headers, body: '"b"' });
    },
  });
  await client.GET('/m');
  assert.deepEqual([last().method, last().url, last().headers['x-a'], last().body], ['PUT', '/m?more=1', '1', '"b"']);
});

test('it may change the answer', async (t) => {
  const { client } = await connect(t, ok);
  client.use({
    async onResponse({ response }) {
      const body = await response.json();
      return new Response(JSON.stringify({ ...body, added: true }), { status: 201, headers: response.headers });
    },
  });
  const { data, response } = await client.GET('/m');
  assert.deepEqual([data, response.status], [{ n: 0, added: true }, 201]);
});

test('requests go through in order, answers and errors in reverse', async (t) => {
  const { client, server } = await connect(t, ok);
  const order = [];
  const named = (name) => ({
    onRequest: () => void order.push(`request ${name}`),
    onResponse: () => void order.push(`response ${name}`),
    onError: () => void order.push(`error ${name}`),
  });
  client.use(named('A'), named('B'));
  client.use(named('C'));
  await client.GET('/m');
  assert.deepEqual(
    order.splice(0),
    ['A', 'B', 'C', 'C', 'B', 'A'].map((name, at) => `${at < 3 ? 'request' : 'response'} ${name}`),
  );
  await server.close();
  t.mock.method(server, 'close', async () => undefined);
  await assert.rejects(client.GET('/m'));
  assert.deepEqual(order.slice(3), ['error C', 'error B', 'error A']);
});

test('it is told of the call, and cannot change the options', async (t) => {
  const { client, server } = await connect(t, ok);
  const told = [];
  client.use({ onRequest: (given) => void told.push(given), onResponse: (given) => void told.push(given) });
  await client.GET('/m/{id}', { params: { path: { id: 'x' } }, parseAs: 'text' });
  const [asked, answered] = told;
  assert.deepEqual([asked.schemaPath, asked.params], ['/m/{id}', { path: { id: 'x' } }]);
  assert.equal(asked.request.url, `${server.baseUrl}/m/x`);
  assert.deepEqual([asked.options.baseUrl, asked.options.parseAs], [server.baseUrl, 'text']);
  for (const name of ['fetch', 'querySerializer', 'bodySerializer', 'pathSerializer']) {
    assert.equal(typeof asked.options[name], 'function', name);
  }
  assert.ok(Object.isFrozen(asked.options));
  assert.ok(asked.id.length > 0 && asked.id === answered.id);
  await client.GET('/m');
  assert.notEqual(told[2].id, asked.id);
});

test('an answer from onRequest is the answer: nothing is sent, later middleware does not see it', async (t) => {
  const { client, server } = await connect(t, ok);
  let seen = 0;
  client.use({ onRequest: () => Response.json({ cached: true }) });
  client.use({ onRequest: () => void (seen += 1), onResponse: () => void (seen += 1) });
  assert.deepEqual((await client.GET('/m')).data, { cached: true });
  assert.deepEqual([server.calls().length, seen], [0, 0]);
});

test('onError may answer, or put another error in its place', async (t) => {
  const { client, server } = await connect(t, ok);
  await server.close();
  t.mock.method(server, 'close', async () => undefined);
  const causes = [];
  const replaces = {
    onError({ error }) {
      causes.push(error);
      return new RangeError('mine', { cause: error });
    },
  };
  client.use(replaces);
  await assert.rejects(client.GET('/m'), RangeError);
  assert.ok(causes[0] instanceof Error);
  client.eject(replaces);
  client.use({ onError: () => Response.json({ spare: true }) });
  assert.deepEqual((await client.GET('/m')).data, { spare: true });
});

test('what it throws, the call rejects with', async (t) => {
  const { client, server } = await connect(t, ok);
  client.use({
    onRequest() {
      throw new RangeError('no');
    },
  });
  await assert.rejects(client.GET('/m'), RangeError);
  assert.equal(server.calls().length, 0);
});

test('it must give back what it may', async (t) => {
  for (const part of ['onRequest', 'onResponse']) {
    const { client } = await connect(t, ok);
    client.use({ [part]: () => 'a string' });
    await assert.rejects(client.GET('/m'), new RegExp(`^Error: ${part}: must return`), part);
  }
});

test('use refuses what is no middleware, and passes over nothing', async (t) => {
  const { client } = await connect(t, ok);
  assert.throws(() => client.use({}), /Middleware must be an object/);
  assert.throws(() => client.use(() => undefined), /Middleware must be an object/);
  client.use(undefined, null, false);
  assert.deepEqual((await client.GET('/m')).data, { n: 0 });
});

test('eject takes one away; what was never there does not matter', async (t) => {
  const { client, last } = await connect(t, ok);
  const marks = (name) => ({ onRequest: ({ request }) => void request.headers.append('x-marks', name) });
  const [a, b] = [marks('a'), marks('b')];
  client.use(a, b);
  await client.GET('/m');
  assert.equal(last().headers['x-marks'], 'a, b');
  client.eject(a, marks('c'));
  await client.GET('/m');
  assert.equal(last().headers['x-marks'], 'b');
  client.eject(b);
  await client.GET('/m');
  assert.equal(last().headers['x-marks'], undefined);
});

test('a call may bring middleware of its own, after that of the client', async (t) => {
  const { client, last } = await connect(t, ok);
  const marks = (name) => ({ onRequest: ({ request }) => void request.headers.append('x-marks', name) });
  client.use(marks('client'));
  await client.GET('/m', { middleware: [marks('call')] });
  assert.equal(last().headers['x-marks'], 'client, call');
  await client.GET('/m');
  assert.equal(last().headers['x-marks'], 'client');
});

test('it may be a class, and keep something for a call', async (t) => {
  class Timed {
    started = new Map();
    finished = [];
    onRequest({ id }) {
      this.started.set(id, true);
    }
    onResponse({ id }) {
      this.finished.push(this.started.get(id));
    }
  }
  const { client } = await connect(t, ok);
  const timed = new Timed();
  client.use(timed);
  await Promise.all([client.GET('/m'), client.GET('/m')]);
  assert.deepEqual(timed.finished, [true, true]);
});
