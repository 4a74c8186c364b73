/** Calls that are kept account of. */
import { type Api, ApiError, type Listing, UnexpectedRedirectError } from 'logto-management';
import type { Catalogue, Operation } from './fits.ts';

/** What came of it. */
export interface Report {
  /** The ids of the operations that were called. */
  called: Set<string>;
  /** What the server refused where it may: there is nothing of the kind, or it is not set up. */
  refused: string[];
  /** What the catalogue does not know. */
  unknown: string[];
  /** What went wrong. */
  failures: string[];
}

/** What a server may answer where it has nothing of the kind, or cannot do it. */
const REFUSALS = [400, 401, 404, 422, 501];

const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

export class Walk {
  readonly report: Report = { called: new Set(), refused: [], unknown: [], failures: [] };
  /** What everything that is made is called; no two walks have the same. */
  readonly name = `life_cycle_${Date.now().toString(16)}${Math.random().toString(16).slice(2, 6)}`;
  /** The same, where a host's name is wanted. */
  readonly host = `${this.name.replaceAll('_', '-')}.example.com`;
  /** The operations, each of which knows that it was called. */
  readonly api: Api;
  readonly #catalogue: Catalogue;
  readonly #operations = new WeakMap<object, Operation>();
  /** What removes what was made, the newest last. */
  readonly #left: (() => Promise<unknown>)[] = [];

  constructor(api: Api, catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.api = this.#watched(api);
  }

  #watched(api: Api): Api {
    const groups: Record<string, Record<string, unknown>> = {};
    for (const operation of this.#catalogue.operations) {
      const [group, name] = [camel(operation.group), camel(operation.name)];
      const members = api[group as keyof Api] as unknown as Record<string, (...given: unknown[]) => object>;
      (groups[group] ??= {})[name] = (...given: unknown[]) => {
        this.report.called.add(operation.id);
        const call = members[name]!(...given);
        this.#operations.set(call, operation);
        return call;
      };
    }
    return groups as unknown as Api;
  }

  /** A call that must succeed. Its answer is held against its type. */
  async ask<T>(call: Promise<T>): Promise<T> {
    const answer = await call;
    this.#hold(call, [answer]);
    return answer;
  }

  /** A listing that must succeed: the items of its first page, each held against its type. */
  async list<T>(listing: Listing<T>): Promise<T[]> {
    const { items } = await listing;
    this.#hold(listing, items);
    return items;
  }

  /** A call that may be refused: what it asks for need not be there on every server. */
  async tryTo<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await this.ask(call);
    } catch (error) {
      if (
        error instanceof UnexpectedRedirectError ||
        (error instanceof ApiError && REFUSALS.includes(error.status ?? 0))
      ) {
        this.report.refused.push(error.message);
        return undefined;
      }
      throw error;
    }
  }

  /** A call that makes something, which is removed in the end, whatever happens. */
  async make<T>(call: Promise<T>, remove: (made: T) => Promise<unknown>): Promise<T> {
    const made = await call;
    this.#left.push(() => this.ask(remove(made)));
    this.#hold(call, [made]);
    return made;
  }

  /** Holds it against what must be so. */
  expect(holds: boolean, what: string): void {
    if (!holds) {
      this.report.failures.push(what);
    }
  }

  fail(error: unknown): void {
    this.report.failures.push(error instanceof Error ? error.message : String(error));
  }

  /** Removes what was made. */
  async finish(): Promise<Report> {
    for (const remove of this.#left.reverse()) {
      try {
        await remove();
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) {
          this.fail(error);
        }
      }
    }
    return this.report;
  }

  #hold(call: object, answers: unknown[]): void {
    const operation = this.#operations.get(call);
    if (!operation) {
      throw new Error('only calls of the walk’s own `api` can be looked at');
    }
    const type = this.#catalogue.answerOf(operation);
    for (const answer of answers) {
      if (type === undefined || (answer === undefined && operation.answer.optional)) {
        this.expect(answer === undefined, `${operation.id}: data where none was promised`);
        continue;
      }
      for (const { at, what, isNew } of this.#catalogue.misfits(type, answer)) {
        (isNew ? this.report.unknown : this.report.failures).push(`${operation.id}${at && ` ${at}`}: ${what}`);
      }
    }
  }
}
