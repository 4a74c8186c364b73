/** The `fetch` that a caller hands over. */
import type { FetchLike, FetchSource } from './engine/engine.js';
import { toError } from './errors.js';

/**
 * The function. A method is called on its object: a service binding's refuses to be called without.
 * @throws {ConfigError} where it is neither a function nor an object that has one.
 */
export function toFetch(given: FetchSource | null | undefined): FetchLike | undefined {
  if (given === undefined || given === null) {
    return undefined;
  }
  if (typeof given === 'function') {
    return given;
  }
  if (typeof given.fetch === 'function') {
    return (request) => given.fetch(request);
  }
  throw toError({
    name: 'config.invalid',
    kind: 'Config',
    message: '`fetch` must be a function, or an object with a method `fetch` (such as a service binding, `env.LOGTO`)',
  });
}
