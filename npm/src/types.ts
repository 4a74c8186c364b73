/** What an answer that is no success may bring. */
import type { KnownErrorCode } from './generated/codes.js';

/** Logto's error code: one of those that this version knows, which editors offer, or another. */
export type ErrorCode = KnownErrorCode | (string & {});

/** Logto's error body. */
export interface ErrorBody {
  /** Stable code, `user.username_already_in_use`. Absent for malformed JSON and for a server's failure. */
  code?: ErrorCode;
  message: string;
  data?: unknown;
  details?: unknown;
}
