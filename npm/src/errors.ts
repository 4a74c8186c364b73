/**
 * What calls reject with: one class for each family of the core's error names, all of them {@link LogtoError}.
 *
 * `instanceof` holds across copies of this package (an ES module beside a CommonJS one, two engines in one process), because it asks for a brand and not for identity.
 */
import type { ErrorData } from './engine/engine.js';
import { reasonPhrase } from './status.js';
import type { ErrorCode } from './types.js';

const BRAND = Symbol.for('logto-management.error');

/** Something went wrong: {@link reason} says what, and is stable. */
export class LogtoError extends Error {
  /** Stable machine name, `api.not_found`, `transport.timeout`, …: compare this, never the message. The part before the dot chooses the class. */
  declare readonly reason: string;
  /** The HTTP status, where there was an answer. */
  declare readonly status: number | undefined;
  /** Logto's error code, `user.username_already_in_use`. */
  declare readonly code: ErrorCode | undefined;
  /** The `data` member of Logto's error body. */
  declare readonly data: unknown;
  /** The `details` member of Logto's error body. */
  declare readonly details: unknown;
  /** Logto's id of the request: quote it when you ask for support. */
  declare readonly requestId: string | undefined;
  declare readonly method: string | undefined;
  /** The path template, `/api/users/{userId}`; never the filled path. */
  declare readonly route: string | undefined;
  /** How many times the request was sent. */
  declare readonly attempts: number;
  /** How long the server asked to wait (`Retry-After`), in milliseconds. */
  declare readonly retryAfterMs: number | undefined;
  /** The likely cause and what to do, where it is known. */
  declare readonly hint: string | undefined;

  /** @internal */
  static get brand(): string {
    return 'LogtoError';
  }

  /** @internal */
  constructor(data: ErrorData, options?: { cause?: unknown }) {
    super(describe(data), options ?? ('cause' in data ? { cause: data.cause } : undefined));
    const { brand } = this.constructor as typeof LogtoError;
    // Not enumerable, so that printing an error shows what happened and not how the class is told.
    Object.defineProperties(this, {
      name: { value: brand, configurable: true, writable: true },
      [BRAND]: { value: brand },
    });
    const { name: reason, kind: _kind, message: _message, cause: _cause, attempts = 0, ...rest } = data;
    // What is not known is left out, so that printing an error shows what is.
    Object.assign(this, { reason, attempts, ...rest });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      return false;
    }
    if (!Object.hasOwn(this, 'brand')) {
      // A subclass of the user's own.
      return Function.prototype[Symbol.hasInstance].call(this, value);
    }
    const brand: unknown = (value as Record<symbol, unknown>)[BRAND];
    return this.brand === LogtoError.brand ? typeof brand === 'string' : brand === this.brand;
  }
}

/** `config.*`: the client or the call is set up wrongly; nothing was sent. */
export class ConfigError extends LogtoError {
  /** @internal */
  static override get brand(): string {
    return 'ConfigError';
  }
}

/** `auth.*`: no access token, because the token endpoint refused. The official package's name for it. */
export class ClientCredentialsError extends LogtoError {
  /** @internal */
  static override get brand(): string {
    return 'ClientCredentialsError';
  }
}

/** `transport.*`: no complete answer arrived. */
export class TransportError extends LogtoError {
  /** @internal */
  static override get brand(): string {
    return 'TransportError';
  }
}

/** `api.*`: the API answered with an error status. Listings and `unwrap` reject with it; `GET` and the like resolve, with `error`. */
export class ApiError extends LogtoError {
  /** @internal */
  static override get brand(): string {
    return 'ApiError';
  }
}

/** `decode.*`: the answer is not what its content type says, or no list. */
export class DecodeError extends LogtoError {
  /** @internal */
  static override get brand(): string {
    return 'DecodeError';
  }
}

/** `redirect.*`: the server answered with a redirect, which is never followed. */
export class UnexpectedRedirectError extends LogtoError {
  /** @internal */
  static override get brand(): string {
    return 'UnexpectedRedirectError';
  }
}

/** `budget.*`: the call's `deadlineMs` ended while it waited. */
export class BudgetExhaustedError extends LogtoError {
  /** @internal */
  static override get brand(): string {
    return 'BudgetExhaustedError';
  }
}

const FAMILIES: Record<string, typeof LogtoError> = {
  config: ConfigError,
  auth: ClientCredentialsError,
  transport: TransportError,
  api: ApiError,
  decode: DecodeError,
  redirect: UnexpectedRedirectError,
  budget: BudgetExhaustedError,
};

/** The class of an error name; `undefined` where there is none, which a test rules out for the names that the core has. */
export const errorClass = (name: string): typeof LogtoError | undefined =>
  FAMILIES[name.slice(0, Math.max(name.indexOf('.'), 0))];

export const toError = (data: ErrorData, options?: { cause?: unknown }): LogtoError =>
  new (errorClass(data.name) ?? LogtoError)(data, options);

/** Whether an engine rejected with plain data, and not with the caller's own abort reason or `getToken` failure. */
const isErrorData = (value: unknown): value is ErrorData =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Error) &&
  'name' in value &&
  'kind' in value &&
  'message' in value &&
  typeof value.name === 'string';

/** What a caller gets for what an engine rejected with. */
export const fromEngine = (failure: unknown): unknown => (isErrorData(failure) ? toError(failure) : failure);

/** One line for people: what was called, what came back, and what to do about it. */
function describe({ name, method, route, status, code, message, hint, requestId }: ErrorData): string {
  let text = '';
  if (name.startsWith('auth.') && status !== undefined) {
    // Begins as the official package's message does.
    text =
      status < 300
        ? 'Invalid response from token endpoint. '
        : `Failed to fetch access token: ${`${status} ${reasonPhrase(status)}`.trim()}. `;
  } else {
    text += method !== undefined && route !== undefined ? `${method} ${route}: ` : '';
    text += status === undefined ? '' : `${status} `;
  }
  text += code === undefined ? '' : `${code}: `;
  text += message;
  text += hint === undefined ? '' : `${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
  text += requestId === undefined ? '' : ` (request id ${requestId})`;
  return text;
}
