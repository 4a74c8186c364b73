// A Worker with a token store: the one that the path names.
import * as api from 'logto-management';
import { derive } from '../../src/engine/vault.ts';
import { resealed, tokensFound } from '../support/sealed.mjs';

const stores = {
  kv: (env) => env.TOKENS,
  cache: () => api.cacheTokenStore(caches.default),
};

/** A client that knows nothing of others makes a call, as a cold isolate does. */
async function coldCall(env, name) {
  const warnings = [];
  const { apiClient } = api.createManagementApiFromEnv(env, {
    tokenStore: stores[name](env),
    ...(env.STORE_TIMEOUT && { tokenStoreTimeoutMs: Number(env.STORE_TIMEOUT) }),
    onWarning: ({ code }) => warnings.push(code),
  });
  const { response } = await apiClient.GET('/api/users');
  apiClient.dispose();
  return { status: response.status, warnings };
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/sealed') {
      const file = await request.json();
      return Response.json({ resealed: await resealed(derive, file), found: await tokensFound(api, file) });
    }
    const clients = Array.from({ length: Number(searchParams.get('clients') ?? 1) });
    const name = pathname.slice(1);
    return Response.json(await Promise.all(clients.map(() => coldCall(env, name))));
  },
};
