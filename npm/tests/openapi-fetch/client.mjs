// What openapi-fetch's own test suite covers, in our words, through `createApiClient`: a program that knows openapi-fetch must find all of it. Whoever changes the façade reads here what it owes.
import { createApiClient } from 'logto-management/management';
import { startServer } from '../support/server.mjs';

/**
 * A server and a client of it.
 *
 * @param answer See `startServer`; `{}` unless given.
 * @returns `last()` is what the server saw of the latest call: `{ method, url, path, query, headers, body }`.
 */
export async function connect(t, answer, options = {}) {
  const server = await startServer(answer);
  const client = createApiClient({
    baseUrl: server.baseUrl,
    getToken: async () => 'the-token',
    retries: 0,
    ...(typeof options === 'function' ? options(server) : options),
  });
  t.after(async () => {
    client.dispose();
    await server.close();
  });
  return { client, server, last: () => server.calls().at(-1) };
}
