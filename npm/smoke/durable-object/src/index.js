// A token store that lets one isolate ask Logto, and all others wait for its token: a Durable Object, of which there is one in the world for a name, and which does one thing after another.
//
//   GET /users   a page of users, with a token that all isolates share
import { DurableObject } from 'cloudflare:workers';
import { createManagementApiFromEnv } from 'logto-management';

/** What it keeps is sealed: this object, and whoever reads its storage, sees no token. */
export class TokenStore extends DurableObject {
  /** Locks, and when they end. They need not outlive the object: they last for seconds. */
  #locks = new Map();

  async get(key) {
    const kept = await this.ctx.storage.get(key);
    return kept && kept.until > Date.now() ? kept.value : null;
  }

  async put(key, value, { expirationTtl }) {
    await this.ctx.storage.put(key, { value, until: Date.now() + expirationTtl * 1000 });
  }

  /** Nothing in here waits, so no two callers get the same lock. */
  lock(key, ttlMs) {
    if ((this.#locks.get(key) ?? 0) > Date.now()) {
      return false;
    }
    this.#locks.set(key, Date.now() + ttlMs);
    return true;
  }

  unlock(key) {
    this.#locks.delete(key);
  }
}

/** The object as the client takes it. A stub belongs to the request that made it, so each step makes its own; that costs nothing. */
const tokenStore = (namespace) => {
  const object = () => namespace.get(namespace.idFromName('tokens'));
  return {
    get: (key) => object().get(key),
    put: (key, value, options) => object().put(key, value, options),
    lock: (key, ttlMs) => object().lock(key, ttlMs),
    unlock: (key) => object().unlock(key),
  };
};

let api;

/** One client for the isolate. `TOKEN_STORE_TIMEOUT_MS`: what the store may take of a call, 250 unless set. */
const apiOf = (env) =>
  (api ??= createManagementApiFromEnv(env, {
    tokenStore: tokenStore(env.TOKEN_STORE),
    ...(env.TOKEN_STORE_TIMEOUT_MS && { tokenStoreTimeoutMs: Number(env.TOKEN_STORE_TIMEOUT_MS) }),
  }));

export default {
  async fetch(request, env) {
    if (!env.ACCESS_KEY || request.headers.get('authorization') !== `Bearer ${env.ACCESS_KEY}`) {
      return new Response('Forbidden', { status: 403 });
    }
    const { apiClient } = apiOf(env);
    const page = await apiClient.paginate('/api/users', { pageSize: 20, signal: request.signal });
    return Response.json({ items: page.items, total: page.total ?? null });
  },
};
