// Carries out the steps of a vector with the package's public API, as a user would write it, and reports what came. It compares nothing. See tests/README.md of the project for the format.
//
// Used by the Node driver and inside a Worker: only what every runtime has.

import { onTestingClock } from './support/testing.mjs';

/**
 * @param api The package.
 * @param request `{ client, control, steps }`
 * @param runtime What differs: `render(value)` gives every way in which this runtime prints a value; `extra` options for the client.
 */
export async function runVector(api, request, { render, extra = {} }) {
  const run = new Run(api, request, render, extra);
  const outcomes = [];
  for (const step of request.steps) {
    outcomes.push(await run.step(step));
  }
  return { outcomes, sleeps: run.clock?.takeSleeps() ?? [], warnings: run.warnings };
}

/** A token store of a vector, as a user might bring one. */
class Store {
  #entries = new Map();

  constructor(kind) {
    this.kind = kind;
  }

  async #work() {
    if (this.kind === 'failing') {
      throw new Error('the store is broken');
    }
    if (this.kind === 'hanging') {
      await new Promise(() => {});
    }
  }

  async get(key) {
    await this.#work();
    return this.#entries.get(key) ?? null;
  }

  async put(key, value, { expirationTtl }) {
    await this.#work();
    if (!(expirationTtl >= 60)) {
      throw new RangeError('KV takes no shorter time to live');
    }
    this.#entries.set(key, value);
  }

  // No process but this one uses it.
  async lock() {
    await this.#work();
    return true;
  }

  spoil(how) {
    const spoilt = {
      bit: (value) => {
        const at = value.length >> 1;
        return value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
      },
      end: (value) => value.slice(0, -8),
      garbage: () => '{"access_token":"forged"}',
    };
    for (const [key, value] of this.#entries) {
      this.#entries.set(key, spoilt[how](value));
    }
  }
}

class Run {
  warnings = [];
  /** How far steps have moved the clock. */
  elapsed = 0;
  /** The listing of the step before: its iterator, and the cursor at which it was left. */
  lastList = undefined;

  constructor(api, { client, control, steps }, render, extra) {
    this.api = api;
    this.control = control;
    this.render = render;
    this.store = client.tokenStore ? new Store(client.tokenStore) : undefined;
    this.make = () => {
      const { tenantId, options, tokenStore: _, ...endpoint } = client;
      this.made = api.createManagementApi(tenantId, {
        ...endpoint,
        ...options,
        ...extra,
        tokenStore: this.store,
        onWarning: ({ code }) => this.warnings.push(code),
        ...onTestingClock((clock) => {
          // A later client's clock begins where the one before stands.
          clock.advance(this.elapsed);
          this.clock = clock;
        }),
      });
    };
    try {
      this.make();
    } catch (error) {
      if (!steps.some((step) => step.create)) {
        throw error;
      }
      this.failure = error;
    }
  }

  async step(step) {
    if (typeof step.parallel === 'number') {
      return Promise.all(Array.from({ length: step.parallel }, () => this.one(step)));
    }
    if (Array.isArray(step.parallel)) {
      return Promise.all(step.parallel.map((each) => this.one(each)));
    }
    return this.one(step);
  }

  async one(step) {
    try {
      if (this.failure) {
        throw this.failure;
      }
      if (step.advanceMs !== undefined) {
        this.clock.advance(step.advanceMs);
        this.elapsed += step.advanceMs;
        return {};
      }
      if (step.again) {
        this.made.apiClient.dispose();
        this.make();
        return {};
      }
      if (step.spoil) {
        this.store.spoil(step.spoil);
        return {};
      }
      if (step.call) {
        return await this.call(step.call);
      }
      if (step.list) {
        return await this.list(step.list);
      }
      if (step.token) {
        const { value, scope, expiresAt } = await this.made.clientCredentials.getAccessToken();
        return { value, scope: scope ?? null, expiresAt };
      }
      return {};
    } catch (error) {
      return this.failed(error);
    }
  }

  async call({ method, path, params, body, rawBody, headers, options, cancelAfterSeen }) {
    const init = { params, headers: { ...headers }, ...options };
    const { authorization, ...others } = headers ?? {};
    if (authorization !== undefined) {
      // The token overwrites a header of the call, as in the official package. What a caller's middleware sets is the caller's own.
      init.headers = others;
      init.middleware = [{ onRequest: ({ request }) => request.headers.set('authorization', authorization) }];
    }
    if (body !== undefined) {
      init.body = body;
    }
    if (rawBody) {
      init.body = bytesOf(rawBody);
      init.bodySerializer = (bytes) => bytes;
      init.headers['content-type'] = rawBody.contentType ?? null;
    }
    const call = (signal) =>
      this.made.apiClient.request(method.toLowerCase(), path, signal ? { ...init, signal } : init);
    const result = await (cancelAfterSeen === undefined ? call() : this.cancelled(call, cancelAfterSeen));
    const error = this.api.errorOf(result);
    if (error) {
      throw error;
    }
    const { data, response } = result;
    const { attempts, requestId } = this.api.infoOf(result);
    const outcome = { status: response.status, headers: [...response.headers], attempts, requestId: requestId ?? null };
    if (data instanceof Uint8Array) {
      return { ...outcome, base64: toBase64(data) };
    }
    if (typeof data === 'string' && !/json/.test(response.headers.get('content-type') ?? '')) {
      return { ...outcome, text: data };
    }
    return data === undefined ? outcome : { ...outcome, data };
  }

  /** Makes the call and aborts it as soon as the server has seen so many requests. */
  async cancelled(call, count) {
    const aborter = new AbortController();
    let settled = false;
    const result = call(aborter.signal).finally(() => {
      settled = true;
    });
    // Its rejection is waited for below; it may come first.
    result.catch(() => {});
    while (!settled) {
      const { seen } = await (await fetch(this.control)).json();
      if (seen.length >= count) {
        aborter.abort();
        break;
      }
    }
    return result;
  }

  async list({ path, params, pageSize, page, concurrency, mode, max, cursor, resume }) {
    const last = resume ? this.lastList : undefined;
    const options = { params, pageSize, page, concurrency, cursor: cursor ?? last?.cursor };
    let iterator;
    if (last && last.cursor === undefined) {
      ({ iterator } = last);
    } else {
      const listing = this.made.apiClient.paginate(path, options);
      iterator = mode === 'pages' ? listing.pages() : listing[Symbol.asyncIterator]();
    }
    const byPages = !('page' in iterator);
    const items = [];
    const pages = new Set();
    let outcome = {};
    let done = false;
    try {
      while (max === undefined || items.length < max) {
        const next = await iterator.next();
        const current = byPages ? next.value : iterator.page;
        if (current) {
          pages.add(current);
        }
        if (next.done) {
          done = true;
          break;
        }
        items.push(...(byPages ? next.value.items : [next.value]));
      }
    } catch (error) {
      outcome = this.failed(error);
      done = true;
    }
    const stoppedAt = done ? undefined : iterator.cursor;
    this.lastList = { iterator, cursor: stoppedAt };
    return {
      ...outcome,
      items: max === undefined ? items : items.slice(0, max),
      pages: [...pages].map((each) => ({
        number: each.number,
        size: each.size,
        count: each.items.length,
        total: totalOf(each),
      })),
      total: totalOf([...pages].at(-1)),
      cursor: stoppedAt ?? null,
    };
  }

  failed(error) {
    const renderings = [error, this.made, this.made?.apiClient, this.made?.clientCredentials].flatMap((value) =>
      this.render(value),
    );
    if (!(error instanceof this.api.LogtoError)) {
      // What a cancelled call rejects with is the signal's reason, as for `fetch`.
      const name = error?.name === 'AbortError' ? 'transport.cancelled' : `js.${error?.name}`;
      return { error: { name, message: String(error?.message ?? error) }, renderings };
    }
    const { reason, status, code, message, hint, requestId, attempts, retryAfterMs, method, route, data, details } =
      error;
    return {
      error: {
        name: reason,
        status,
        code,
        message,
        hint,
        requestId,
        attempts,
        retryAfterMs,
        method,
        route,
        data,
        details,
      },
      renderings,
    };
  }
}

function totalOf(page) {
  if (page?.total === undefined) {
    return null;
  }
  return page.totalIsExact ? page.total : { atLeast: page.total };
}

function bytesOf({ contentType, text, base64, fill }) {
  if (text !== undefined) {
    return new TextEncoder().encode(text);
  }
  if (base64 !== undefined) {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  }
  const bytes = new Uint8Array(fill.bytes).fill('x'.charCodeAt(0));
  if (/json/.test(contentType)) {
    bytes[0] = bytes[bytes.length - 1] = '"'.charCodeAt(0);
  }
  return bytes;
}

function toBase64(bytes) {
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
}
