/**
 * Whose `Authorization` a call carries.
 *
 * As in the official package, the token comes first: it overwrites the caller's header, middleware sees it, and what middleware makes of it is sent. A token that middleware left alone is
 * taken out again, so that the core sends its own and can renew it.
 */
import type { Middleware } from 'openapi-fetch';
import type { Engine, PackedPairs } from './engine/engine.js';
import { fromEngine } from './errors.js';
import { ManagementRequest } from './request.js';

const WELL_KNOWN = '/.well-known/';

export class Authorization {
  /** The first middleware, for clients and calls that have any. */
  readonly middleware: Middleware;
  private readonly prefix: string;
  private readonly isGiven: boolean;
  /** What middleware was shown, by the `fetch` that openapi-fetch was given for the call. */
  private readonly shown = new WeakMap<object, string>();

  /** @param isGiven Whether tokens come from the caller's `getToken`: they belong to the call that they were asked for. */
  constructor(engine: Engine, isGiven: boolean) {
    this.prefix = engine.baseUrl;
    this.isGiven = isGiven;
    this.middleware = {
      onRequest: async ({ request, schemaPath, options }) => {
        if (this.carriesToken(schemaPath, request.url)) {
          const shown = `Bearer ${await tokenOf(engine, request)}`;
          this.shown.set(options.fetch, shown);
          request.headers.set('authorization', shown);
        }
      },
    };
  }

  /**
   * What the core is to send: its own token where there is no header, none at all where there is an empty one.
   * @param fetch That of the call, where middleware may have seen it.
   */
  settle(headers: PackedPairs, route: string, target: string, fetch?: object): PackedPairs {
    const shown = fetch && this.shown.get(fetch);
    if (shown === undefined && !headers.includes('authorization')) {
      return headers;
    }
    const list = headers === '' ? [] : headers.split('\n');
    const at = list.findIndex((name, index) => index % 2 === 0 && name === 'authorization');
    if (at < 0) {
      return shown === undefined ? headers : [...list, 'authorization', ''].join('\n');
    }
    if (shown === undefined ? this.carriesToken(route, target) : list[at + 1] === shown && !this.isGiven) {
      list.splice(at, 2);
    }
    return list.join('\n');
  }

  private carriesToken(route: string, target: string): boolean {
    if (route.includes(WELL_KNOWN) || !target.startsWith(this.prefix)) {
      return false;
    }
    const next = target[this.prefix.length];
    return next === undefined || next === '/' || next === '?';
  }
}

async function tokenOf(engine: Engine, request: Request): Promise<string> {
  const signal = ManagementRequest.signalOf(request);
  signal?.throwIfAborted();
  try {
    return (await engine.token(signal)).value;
  } catch (failure) {
    throw fromEngine(failure);
  }
}
