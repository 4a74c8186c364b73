// What came over the wire and what came back, as plain data that can be compared.

/** Headers that a transport adds by itself: they are left out where they have the transport's own value, and compared where a caller set them. */
const OWN_HEADERS = {
  'connection': /^(keep-alive|close)$/,
  'accept': /^(\*\/\*|application\/json, \*\/\*;q=0\.5)$/,
  'accept-language': /^\*$/,
  'sec-fetch-mode': /^cors$/,
  'user-agent': /^(node|undici|logto-management\/[\d.]+)$/,
  'accept-encoding': /^(gzip, deflate|br, gzip, deflate|gzip, deflate, br(, zstd)?)$/,
};

/** Headers of an answer that tell of the connection or the moment. */
const OF_THE_MOMENT = new Set(['date', 'etag', 'connection', 'keep-alive', 'logto-core-request-id']);

const BOUNDARY = /-*formdata-undici-\d+/g;

export function describeWire({ to, method, target, headers, body }) {
  const kept = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!OWN_HEADERS[name]?.test(value)) {
      kept[name] = value.replace(BOUNDARY, 'boundary').replace(/^Bearer ey[\w.-]+$/, 'Bearer (token)');
    }
  }
  return { to, method, target, headers: kept, body: body.replace(BOUNDARY, 'boundary') };
}

export async function describeResult(result, baseUrls) {
  return {
    data: await describe(result.data),
    error: await describe(result.error),
    response: await describeResponse(result.response, baseUrls),
  };
}

async function describeResponse(response, baseUrls) {
  const { status, statusText, ok, redirected, type, bodyUsed } = response;
  return {
    isResponse: response instanceof Response,
    status,
    statusText,
    ok,
    url: withoutBase(response.url, baseUrls),
    redirected,
    type,
    bodyUsed,
    headers: Object.fromEntries(
      [...response.headers]
        .filter(([name]) => !OF_THE_MOMENT.has(name))
        .map(([name, value]) => [name, withoutBase(value, baseUrls)]),
    ),
  };
}

export const withoutBase = (text, { baseUrl, otherUrl }) =>
  text.replaceAll(baseUrl, '(base)').replaceAll(otherUrl, '(other)');

/** Any value: what JSON has not is written out, and moments are left out. */
export async function describe(value) {
  if (value instanceof Blob) {
    return { blob: await value.text(), type: value.type };
  }
  if (value instanceof ArrayBuffer) {
    return { arrayBuffer: [...new Uint8Array(value)] };
  }
  if (value instanceof Uint8Array) {
    return { bytes: [...value] };
  }
  if (value instanceof ReadableStream) {
    return { stream: await new Response(value).text() };
  }
  if (value instanceof Error) {
    return describeThrown(value);
  }
  return value === undefined
    ? undefined
    : JSON.parse(JSON.stringify(value).replaceAll(BOUNDARY, 'boundary'), (key, each) =>
        // Logto draws them by lot.
        key === 'featuredUsers' ? each.length : each > 1_600_000_000_000 ? '(moment)' : each,
      );
}

export function describeThrown(thrown) {
  return thrown instanceof Error
    ? { name: thrown.name, message: thrown.message, isTypeError: thrown instanceof TypeError }
    : { value: thrown };
}

/** Whether `actual` has everything that `expected` has; a RegExp tests a string, a function decides by itself. */
export function fits(actual, expected) {
  if (expected instanceof RegExp) {
    return typeof actual === 'string' && expected.test(actual);
  }
  if (typeof expected === 'function') {
    return expected(actual) === true;
  }
  if (typeof expected !== 'object' || expected === null) {
    return Object.is(actual, expected);
  }
  if (typeof actual !== 'object' || actual === null) {
    return false;
  }
  if (Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) {
    return false;
  }
  return Object.entries(expected).every(([key, value]) => fits(actual[key], value));
}
