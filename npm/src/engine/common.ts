/** What engines of all kinds share on JavaScript's side of the border. */
import type { ErrorData, FlatPairs, PackedPairs } from './engine.js';

/**
 * The failures of `getToken`, kept on this side of the border: the call that one belongs to rejects with what was thrown, and not with words about it.
 *
 * The core asks with a ticket; a failed call comes back with the ticket of the question that failed it.
 */
export class TokenFailures {
  private readonly thrown = new Map<number, unknown>();

  keep(ticket: number, thrown: unknown): void {
    this.thrown.set(ticket, thrown);
    // A call that was aborted meanwhile never comes for it.
    if (this.thrown.size > 1000) {
      for (const oldest of this.thrown.keys()) {
        this.thrown.delete(oldest);
        break;
      }
    }
  }

  /** Whether there was one, and what it was: any value can be thrown. */
  take(ticket: number): { thrown: unknown } | undefined {
    if (!this.thrown.has(ticket)) {
      return undefined;
    }
    const thrown = this.thrown.get(ticket);
    this.thrown.delete(ticket);
    return { thrown };
  }
}

/** Hands warnings, codes and messages in turn, to the caller's function. What that throws is nobody's failure. */
export function handOver(warnings: FlatPairs | undefined, warn: (code: string, message: string) => void): void {
  for (let at = 0; warnings && at + 1 < warnings.length; at += 2) {
    try {
      warn(warnings[at] as string, warnings[at + 1] as string);
    } catch {
      // It was told.
    }
  }
}

/** Headers as they cross a border: see {@link PackedPairs}. */
export const pack = (headers: Iterable<readonly [string, string]>): PackedPairs => [...headers].flat().join('\n');

/** The headers that were packed. */
export function unpack(packed: PackedPairs): Headers {
  const headers = new Headers();
  const pairs = packed.split('\n');
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    headers.append(pairs[at] as string, pairs[at + 1] as string);
  }
  return headers;
}

/** What a store that failed says. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** `Error::to_json()`, read. */
export const readError = (json: string): ErrorData => JSON.parse(json) as ErrorData;

/** The plain members of a client's options: what crosses the border once, when the client is made. */
export const PLAIN_OPTIONS = [
  'tenantId',
  'clientId',
  'clientSecret',
  'baseUrl',
  'apiIndicator',
  'vars',
  'options',
  'testing',
] as const;
