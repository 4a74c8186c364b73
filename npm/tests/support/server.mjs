// A server whose answers a test writes as a function: what the façade's own tests need. Behaviour of the core is pinned by vectors, against the simulator.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @param answer `(request) => { status, headers, json | text | body } | 'hang'`, with `request` as `{ method, url, path, query, headers, body }`.
 * @param token The same for `/oidc/token`; `t1`, `t2`, … unless given.
 */
export async function startServer(answer = () => ({ json: {} }), token = countedTokens()) {
  const seen = [];
  const waiting = [];
  const tell = () => {
    for (const check of waiting.splice(0)) {
      check();
    }
  };
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const { pathname, searchParams } = new URL(incoming.url, 'http://host');
    const body = Buffer.concat(chunks).toString();
    const request = {
      method: incoming.method,
      url: incoming.url,
      path: pathname,
      query: searchParams,
      headers: incoming.headers,
      body,
      closed: false,
    };
    outgoing.on('close', () => {
      request.closed = !outgoing.writableFinished;
      tell();
    });
    seen.push(request);
    tell();
    const reply = (pathname === '/oidc/token' ? token(request) : undefined) ?? answer(request);
    if (reply === 'hang') {
      return;
    }
    const { status = 200, headers = {}, json, text, body: bytes } = reply ?? { status: 404, text: 'Not Found' };
    const type =
      json !== undefined
        ? 'application/json; charset=utf-8'
        : text !== undefined
          ? 'text/plain; charset=utf-8'
          : undefined;
    outgoing.writeHead(status, { ...(type && { 'content-type': type }), ...headers });
    outgoing.end(json !== undefined ? JSON.stringify(json) : (text ?? bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    /** Every request, the token's too. */
    seen,
    /** Requests of the API. */
    calls: () => seen.filter(({ path }) => path !== '/oidc/token'),
    /** Resolves as soon as `check(seen)` holds. */
    async until(check) {
      while (!check(seen)) {
        await new Promise((resolve) => waiting.push(resolve));
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function countedTokens() {
  let tokens = 0;
  return () => {
    tokens += 1;
    return { json: { access_token: `t${tokens}`, expires_in: 3600, token_type: 'Bearer', scope: 'all' } };
  };
}

/** A server and a client of it, for one test: `t.after` closes both. */
export async function startApi(t, api, answer, { token, ...options } = {}) {
  const server = await startServer(answer, token);
  const made = api.createManagementApi('default', {
    clientId: 'app',
    clientSecret: 'the-secret',
    baseUrl: server.baseUrl,
    apiIndicator: 'https://default.logto.app/api',
    ...options,
  });
  t.after(async () => {
    made.apiClient.dispose();
    await server.close();
  });
  return { server, ...made };
}
