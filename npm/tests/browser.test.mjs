// The package in Chromium, as a bundler ships it: in a page and in a service worker, where no top-level await and no file beside the bundle is.
//
// Logto refuses token requests with an `Origin` and sends no CORS headers, so programs in browsers talk to it through a server of their own: here one that hands on to the simulator.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle } from './runtimes/bundle.mjs';
import { openPage, skip as noChromium } from './runtimes/chromium.mjs';
import { expected } from './runtimes/program.mjs';
import { skip as noSimulator, startSimulator } from './runtimes/simulator.mjs';

const skip = noChromium || noSimulator;
const program = fileURLToPath(new URL('runtimes/page.mjs', import.meta.url));

/** Serves the bundle, and hands everything else on to `endpoint`. */
async function serve(t, endpoint) {
  const { page } = await bundle({ page: program }, { conditions: ['browser'], minify: true });
  const html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
  const own = { '/': ['text/html', html], '/page.js': ['text/javascript', page] };
  const server = createServer((incoming, outgoing) => {
    const file = own[incoming.url];
    if (file) {
      outgoing.writeHead(200, { 'content-type': file[0] }).end(file[1]);
      return;
    }
    const { origin: _origin, host: _host, ...headers } = incoming.headers;
    const onward = ask(new URL(incoming.url, endpoint), { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

async function start(t) {
  const env = await startSimulator(t);
  const origin = await serve(t, env.LOGTO_ENDPOINT);
  const page = await openPage(t, `${origin}/`);
  return { page, env: { ...env, LOGTO_ENDPOINT: origin } };
}

test('lists, creates, reads, deletes and aborts in a page', { skip }, async (t) => {
  const { page, env } = await start(t);
  const { failed, ...report } = await page.evaluate((given) => globalThis.report(given), env);
  assert.equal(failed, undefined);
  assert.deepEqual(report, expected);
});

test('lists, creates, reads, deletes and aborts in a service worker', { skip }, async (t) => {
  const { page, env } = await start(t);
  const { failed, ...report } = await page.evaluate(async (given) => {
    const { serviceWorker } = globalThis.navigator;
    await serviceWorker.register('/page.js', { type: 'module' });
    const { active } = await serviceWorker.ready;
    return new Promise((resolve) => {
      const { port1, port2 } = new globalThis.MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      active.postMessage(given, [port2]);
    });
  }, env);
  assert.equal(failed, undefined);
  assert.deepEqual(report, expected);
});
