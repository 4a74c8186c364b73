/** From openapi-fetch's `{ data, error, response }`, which never throws for an error status, to values and exceptions. */
import { type LogtoError, toError } from './errors.js';
import { type AnswerInfo, ManagementResponse } from './response.js';
import type { ErrorBody } from './types.js';

/** What a call resolves to, as far as these helpers look. */
export interface CallResult<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * The error that a call's result stands for, with Logto's code, the attempts made and the likely cause; `undefined` for a success.
 *
 * ```ts
 * const result = await apiClient.GET('/api/users/{userId}', { params: { path: { userId } } });
 * if (errorOf(result)?.reason === 'api.not_found') { … }
 * ```
 */
export function errorOf({ error, response }: CallResult<unknown>): LogtoError | undefined {
  if (response instanceof ManagementResponse) {
    return response.error;
  }
  if (response.ok || response.status === 304) {
    return undefined;
  }
  // A response that middleware made.
  const body = typeof error === 'object' && error !== null ? (error as Partial<ErrorBody>) : {};
  return toError({
    name: 'api.error',
    kind: 'Api',
    message:
      body.message ??
      (typeof error === 'string' && error !== '' ? error : `The answer has the status ${response.status}`),
    status: response.status,
    ...(body.code !== undefined && { code: body.code }),
  });
}

/**
 * The data of a call, or an exception: `const user = await unwrap(apiClient.GET('/api/users/{userId}', …))`.
 * @throws {ApiError} for an error status; and whatever the call itself rejects with.
 */
export async function unwrap<Data>(call: CallResult<Data> | PromiseLike<CallResult<Data>>): Promise<Data> {
  const result = await call;
  const error = errorOf(result);
  if (error) {
    throw error;
  }
  return result.data as Data;
}

/** How many times a call was sent, and Logto's id of the request; `undefined` for a response that middleware made. */
export function infoOf({ response }: CallResult<unknown>): AnswerInfo | undefined {
  return response instanceof ManagementResponse ? response : undefined;
}
