// What the engine asks of the JavaScript runtime around it: one exchange over fetch, one timer, and plain objects for its
// answers. Each is a single crossing of the border between WebAssembly and JavaScript, and those crossings are what a call
// costs there; so the loop over a body and the look at an error happen on this side.
//
// Nothing here decides anything about a call: no retry, no token, no limit, no redirect. Only globals that every runtime has
// are used: fetch, Request, AbortController, setTimeout.

// Numbers of TransportErrorKind, as src/fetch.rs reads them. 0 is an answer.
const CONNECT = 1;
const TIMEOUT = 2;
const INTERRUPTED = 3;
const BODY = 4;
const CANCELLED = 5;

/** Codes of Node, Bun and OpenSSL that say: there never was a connection, so the request was not sent. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EPROTO|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+)$/;

/** One request on its way. Its promise always fulfils: with an answer, or with a failure as plain data. */
export class Exchange {
  constructor(custom, method, url, headers, body, limit) {
    this.controller = new AbortController();
    this.answer = new Promise((resolve) => {
      // A fetch that never settles after it was aborted would keep what waits for it in memory for ever.
      this.settle = resolve;
    });
    this.run(custom, method, url, headers, body, limit).then(this.settle);
  }

  async run(custom, method, url, headers, body, limit) {
    let response;
    try {
      // The bytes live in the module's memory, which the next call may move: fetch gets a copy.
      const init = { method, headers: pairs(headers), body: body && body.slice(), redirect: 'manual', signal: this.controller.signal };
      response = await (custom ? custom(new Request(url, init)) : fetch(url, init));
    } catch (error) {
      return failure(error, false);
    }
    try {
      const bytes = await read(response, limit);
      // Browsers hide what the redirect was; any status of the kind makes the core report it.
      const status = response.type === 'opaqueredirect' ? 302 : response.status;
      return { failure: 0, status, headers: lines(response.headers), body: bytes };
    } catch (error) {
      // What is left of the body would keep the connection busy.
      this.controller.abort();
      return failure(error, true);
    }
  }

  abort() {
    this.controller.abort();
    this.settle({ failure: CANCELLED, message: 'The request was cancelled' });
  }
}

/** The headers, `name\nvalue` joined by `\n`: neither can hold one. */
function pairs(text) {
  const parts = text.split('\n');
  const list = [];
  for (let i = 0; i + 1 < parts.length; i += 2) list.push([parts[i], parts[i + 1]]);
  return list;
}

function lines(headers) {
  const parts = [];
  for (const [name, value] of headers) parts.push(name, value);
  return parts.join('\n');
}

class TooLarge extends Error {}

/** The whole body, or TooLarge as soon as it is larger than `limit`. */
async function read(response, limit) {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const reader = response.body.getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > limit) {
      reader.cancel().catch(() => {});
      throw new TooLarge(`The answer's body has more than the ${limit} bytes allowed`);
    }
    chunks.push(value);
  }
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/**
 * What kind of failure it was, as far as the runtime tells. Where it does not, the request may have reached the server: that is
 * an interruption, after which only idempotent calls are tried again.
 */
function failure(error, answered) {
  if (error instanceof TooLarge) return { failure: BODY, message: error.message };
  const cause = error?.cause;
  const code = String(cause?.code ?? error?.code ?? '');
  const text = String(error?.message ?? error);
  let kind = INTERRUPTED;
  if (error?.name === 'AbortError') kind = CANCELLED;
  else if (error?.name === 'TimeoutError' || /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) kind = TIMEOUT;
  else if (answered) {
    if (code.startsWith('Z_') || cause?.name === 'RangeError') kind = BODY;
  } else if (NEVER_CONNECTED.test(code) || /^(connect|getaddrinfo)$/.test(cause?.syscall) || text.includes('(Connect)')) {
    kind = CONNECT;
  }
  const what = kind === CONNECT ? 'No connection could be made' : answered ? "The connection broke inside the answer's body" : 'The request broke off before an answer came';
  // Some runtimes put the url, and with it the query, into their texts.
  const why = code || (text.includes('://') ? '' : text);
  return { failure: kind, message: why ? `${what} (${why})` : what };
}

/** A timer that can be stopped; stopping fulfils it too, so that nothing waits for ever. */
export class Timer {
  constructor(ms) {
    this.done = new Promise((resolve) => {
      this.resolve = resolve;
      this.id = setTimeout(resolve, ms);
    });
  }

  stop() {
    clearTimeout(this.id);
    this.resolve();
  }
}

const DATA = ['none', 'json', 'text', 'bytes'];
const flat = (text) => (text ? text.split('\n') : []);

/** An answer, as the façade's EngineResponse. `error` is the core's JSON of it. */
export function response(status, headers, body, data, attempts, requestId, error) {
  return { status, headers: flat(headers), body: body.slice(), data: DATA[data], attempts, requestId, error: error && JSON.parse(error) };
}

/** A page, as the façade's EnginePage. */
export function page(body, number, size, total, totalIsExact, cursor, requestId) {
  return { body: body.slice(), number, size, total, totalIsExact, cursor, requestId };
}

/** A token, as the façade's EngineToken. */
export function token(value, expiresAt, scope) {
  return { value, expiresAt, scope };
}
