/**
 * The types of calls, loosely: any path, `data` and `error` usable without casts. A path's own types follow from the server's OpenAPI document in a later release; programs written against these go on compiling, except where
 * they were wrong.
 */

/** Logto's error body. */
export interface ErrorBody {
  /** Stable code, `user.username_already_in_use`. Absent for malformed JSON and for a server's failure. */
  code?: string;
  message: string;
  data?: unknown;
  details?: unknown;
}

/** A call's parameters, bodies and answers. */
export interface Operation {
  parameters: {
    query?: Record<string, unknown>;
    path?: Record<string, string | number>;
    header?: Record<string, unknown>;
    cookie?: Record<string, unknown>;
  };
  // JSON of any shape, to be used without casts
  requestBody?: { content: { 'application/json': any } };
  responses: {
    // as above
    200: { content: { 'application/json': any } };
    default: { content: { 'application/json': ErrorBody } };
  };
}

/** What can be called at a path. */
export interface PathItem {
  get: Operation;
  put: Operation;
  post: Operation;
  delete: Operation;
  options: Operation;
  head: Operation;
  patch: Operation;
  trace: Operation;
}

/** Every path, `/api/users/{userId}`. */
export interface paths {
  [path: `/${string}`]: PathItem;
}
