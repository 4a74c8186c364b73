// TLS and proxies as the environment has them: a real server with a certificate of a private authority, and a real proxy.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { engineKind } from 'logto-management';
import { generate } from 'selfsigned';

const TOKEN = { access_token: 't1', expires_in: 3600, token_type: 'Bearer', scope: 'all' };
const closing = [];
let folder, authority, secure, plain, proxy;

function answer({ url }, response) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(url === '/oidc/token' ? TOKEN : { url }));
}

async function listening(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(server);
  return server.address().port;
}

/** A proxy that writes down what it is asked: `CONNECT host:port` for https, an absolute url for http. */
async function startProxy() {
  const seen = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, authorization: headers['proxy-authorization'] });
    const onward = httpRequest(url, { method, headers }, (incoming) => {
      response.writeHead(incoming.statusCode, incoming.headers);
      incoming.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', ({ method, url, headers }, socket) => {
    seen.push({ method, url, authorization: headers['proxy-authorization'] });
    const [, port] = url.split(':');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      end.on('error', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  });
  return { port: await listening(server), seen };
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'logto-management-network-'));
  const ca = await generate([{ name: 'commonName', value: 'A private authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  authority = join(folder, 'ca.pem');
  writeFileSync(authority, ca.cert);
  secure = `https://localhost:${await listening(createTlsServer({ key: leaf.private, cert: leaf.cert }, answer))}`;
  plain = `http://127.0.0.1:${await listening(createServer(answer))}`;
  proxy = await startProxy();
});

after(() => {
  for (const server of closing) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** One call in a process with this environment, and what the proxy saw of it. */
async function reach(baseUrl, env = {}) {
  proxy.seen.length = 0;
  const inherited = Object.entries(process.env).filter(([name]) => !/_proxy$|^NODE_/i.test(name));
  const program = fileURLToPath(new URL('support/reach.mjs', import.meta.url));
  const stdout = await new Promise((resolve, reject) => {
    const options = { env: { ...Object.fromEntries(inherited), BASE_URL: baseUrl, ...env } };
    execFile(process.execPath, [program], options, (error, out) => (error ? reject(error) : resolve(out)));
  });
  return { ...JSON.parse(stdout), proxied: proxy.seen.map(({ method, url }) => `${method} ${url}`) };
}

const warned = ({ warnings }) => warnings.includes('insecure_tls');

test('a certificate of an unknown authority is refused', async () => {
  const { reason, data } = await reach(secure);
  assert.deepEqual([reason, data], ['transport.connect', undefined]);
});

test('NODE_EXTRA_CA_CERTS adds an authority', async () => {
  const outcome = await reach(secure, { NODE_EXTRA_CA_CERTS: authority });
  assert.deepEqual(outcome.data, { url: '/api/x' });
  assert.ok(!warned(outcome));
});

test('NODE_EXTRA_CA_CERTS that names no file changes nothing', async () => {
  const { reason } = await reach(secure, { NODE_EXTRA_CA_CERTS: join(folder, 'none.pem') });
  assert.equal(reason, 'transport.connect');
});

test('an authority for another name is of no use', async () => {
  const { reason } = await reach(secure.replace('localhost', '127.0.0.1'), { NODE_EXTRA_CA_CERTS: authority });
  assert.equal(reason, 'transport.connect');
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 takes any certificate, and warns', async () => {
  const outcome = await reach(secure, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  assert.deepEqual(outcome.data, { url: '/api/x' });
  assert.equal(warned(outcome), engineKind === 'native');
  const { reason } = await reach(secure, { NODE_TLS_REJECT_UNAUTHORIZED: '1' });
  assert.equal(reason, 'transport.connect');
});

// The WASM engine sends through Node's fetch, which reads these variables from Node 24 on where NODE_USE_ENV_PROXY=1 says so.
if (engineKind === 'native') {
  const proxyUrl = (credentials = '') => `http://${credentials}127.0.0.1:${proxy.port}`;
  const host = (url) => new URL(url).host;

  test('HTTPS_PROXY is asked for a tunnel, in which the authority counts', async () => {
    const { data, proxied } = await reach(secure, { HTTPS_PROXY: proxyUrl(), NODE_EXTRA_CA_CERTS: authority });
    assert.deepEqual([data, new Set(proxied)], [{ url: '/api/x' }, new Set([`CONNECT ${host(secure)}`])]);
    const refused = await reach(secure, { HTTPS_PROXY: proxyUrl() });
    assert.equal(refused.reason, 'transport.connect');
  });

  test('HTTP_PROXY carries http', async () => {
    for (const name of ['HTTP_PROXY', 'http_proxy']) {
      const { data, proxied } = await reach(plain, { [name]: proxyUrl() });
      assert.ok(data.url.endsWith('/api/x'), JSON.stringify(data));
      assert.deepEqual(proxied, [`POST ${plain}/oidc/token`, `GET ${plain}/api/x`]);
    }
  });

  test('a proxy gets its credentials, and nobody else does', async () => {
    const { data } = await reach(secure, { HTTPS_PROXY: proxyUrl('me:pa%20ss@'), NODE_EXTRA_CA_CERTS: authority });
    assert.deepEqual(data, { url: '/api/x' });
    assert.equal(proxy.seen[0].authorization, `Basic ${btoa('me:pa ss')}`);
  });

  test('NO_PROXY goes past the proxy', async () => {
    const env = { HTTPS_PROXY: proxyUrl(), HTTP_PROXY: proxyUrl(), NODE_EXTRA_CA_CERTS: authority };
    for (const NO_PROXY of ['localhost,127.0.0.1', '*']) {
      for (const url of [secure, plain]) {
        const { data, proxied } = await reach(url, { ...env, NO_PROXY });
        assert.deepEqual([data, proxied], [{ url: '/api/x' }, []]);
      }
    }
    const { proxied } = await reach(secure, { ...env, NO_PROXY: 'example.com' });
    assert.ok(proxied.length > 0);
  });

  test('a proxy that is not there is a failure to connect', async () => {
    const { reason } = await reach(plain, { HTTP_PROXY: 'http://127.0.0.1:1' });
    assert.equal(reason, 'transport.connect');
  });
}
