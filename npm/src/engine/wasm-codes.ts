/** What the errors of a runtime's `fetch` tell beyond the standard's: in Node, Bun and Deno. */
import { type Codes, Failure, LATE, useCodes } from './wasm-fetch.js';

/** Codes of Node, Bun and OpenSSL. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|CERT_\w+|ERR_TLS_CERT_\w+|ERR_SSL_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+)$/;

const codes: Codes = ({ syscall }, code, text, answered) => {
  if (/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(code)) {
    return [Failure.Timeout, LATE];
  }
  if (answered) {
    return /^(Z_|ERR__ERROR_FORMAT|ERR_BROTLI)/.test(code)
      ? [Failure.Body, "The answer's body cannot be decompressed"]
      : undefined;
  }
  const isUnconnected =
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    NEVER_CONNECTED.test(code) ||
    // Deno's errors have no codes.
    text.includes('client error (Connect)');
  return isUnconnected ? [Failure.Connect, 'No connection could be made'] : undefined;
};

/** Has the transport look at them. */
export const knowCodes = (): void => {
  useCodes(codes);
};
