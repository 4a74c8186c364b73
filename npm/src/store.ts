/**
 * Token stores: where isolates and processes share access tokens. What a store keeps comes sealed, so it need not be trusted; see `tokenStore` in the options.
 */
import type { ErrorData } from './engine/engine.js';

/**
 * A place to share access tokens in: a Workers KV namespace as it is, or anything with `get` and `put`. Keys and values are short ASCII texts.
 *
 * Whoever reads it learns no token, and whoever writes to it makes no client use one: values are sealed under a key derived from the client secret.
 */
export interface TokenStore {
  /** The value under a key; `null` or `undefined` where there is none. */
  get(key: string): Promise<string | null | undefined> | string | null | undefined;
  /** Keeps a value for `expirationTtl` seconds, 60 at least. It may go earlier, or stay longer: the client looks at what it says. */
  put(key: string, value: string, options: { expirationTtl: number }): unknown;
  /**
   * Takes a lock for so many milliseconds, if nobody has it: whoever has it asks Logto for a token, and the others wait for that. A store that has none leaves it out: then clients leave a mark in it and look whether
   * it stays theirs, which keeps all but one or two from asking, as long as the store is quick.
   */
  lock?(key: string, ttlMs: number): Promise<boolean> | boolean;
  /** Gives the lock back before its time. */
  unlock?(key: string): unknown;
}

/** What the core asks of a store. */
export type StoreStep = 'get' | 'put' | 'lock' | 'unlock';

/** KV keeps nothing for less. */
const LEAST_TTL = 60;

/** @throws {ErrorData} where it is no store. */
export function checkStore(store: TokenStore | string | undefined, redis: boolean): void {
  const isOne =
    typeof store === 'string'
      ? redis
      : store === undefined || (typeof store?.get === 'function' && typeof store.put === 'function');
  if (!isOne) {
    const other = redis ? 'or' : 'or with the native engine';
    const message = `tokenStore must be an object with get(key) and put(key, value, { expirationTtl }), ${other} a redis:// address`;
    // plain data, as the engines' interface says
    throw { name: 'config.invalid', kind: 'Config', message } satisfies ErrorData;
  }
}

/** Carries out a step. `get` gives the value, `lock` an empty text if it has the lock; the others give nothing. */
export async function storeStep(
  store: TokenStore,
  step: StoreStep,
  key: string,
  value: string,
  ttlMs: number,
): Promise<string | undefined> {
  switch (step) {
    case 'get': {
      const stored: unknown = await store.get(key);
      return typeof stored === 'string' ? stored : undefined;
    }
    case 'put':
      await store.put(key, value, { expirationTtl: Math.max(LEAST_TTL, Math.ceil(ttlMs / 1000)) });
      return undefined;
    case 'lock':
      return (await (store.lock ? store.lock(key, ttlMs) : leaveMark(store, key, ttlMs))) ? '' : undefined;
    case 'unlock':
      await store.unlock?.(key);
      return undefined;
  }
}

/**
 * The lock of a store that has none: leaves a mark and looks, a while later, whether it is still there. The last to leave one has the lock; whoever comes later finds a mark. The while is a multiple of what the store just
 * took, since another mark may be on its way. A store that shows each reader its own truth for a time (KV, between locations) lets one through for each location.
 */
async function leaveMark(store: TokenStore, key: string, ttlMs: number): Promise<boolean> {
  const began = Date.now();
  const other: unknown = await store.get(key);
  if (typeof other === 'string') {
    const left = Number(other.split(' ')[1]) - began;
    // Not longer than a lock lasts: whoever can write to the store must not hold up anybody.
    if (left > 0 && left <= ttlMs) {
      return false;
    }
  }
  const mark = `${crypto.randomUUID()} ${Date.now() + ttlMs}`;
  await store.put(key, mark, { expirationTtl: LEAST_TTL });
  const pause = 20 + 2 * (Date.now() - began);
  await new Promise((resolve) => setTimeout(resolve, pause));
  const seen: unknown = await store.get(key);
  // Where it shows nothing, it goes on showing what it showed before the mark (KV, for a minute): there is nobody to wait for.
  return typeof seen !== 'string' || seen === mark || seen === other;
}

/** As much of the Cache API as {@link cacheTokenStore} needs. */
export interface CacheLike {
  match(request: string): Promise<Response | undefined>;
  put(request: string, response: Response): Promise<unknown>;
}

/**
 * A token store in a cache: `cacheTokenStore(caches.default)` in a Worker (one for each data centre, and free), `cacheTokenStore(await caches.open('tokens'))` elsewhere.
 * @param base Below which address entries lie. Nothing is fetched from there. A Worker behind a domain of its own does well to name that.
 */
export const cacheTokenStore = (cache: CacheLike, base = 'https://token-store.invalid/'): TokenStore => ({
  get: async (key) => (await cache.match(base + encodeURIComponent(key)))?.text(),
  put: (key, value, { expirationTtl }) =>
    cache.put(
      base + encodeURIComponent(key),
      new Response(value, { headers: { 'cache-control': `max-age=${expirationTtl}` } }),
    ),
});
