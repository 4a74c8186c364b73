/**
 * Listings as JavaScript has them: `for await` over items or pages, `await` for the first page. What a page is, when it ends and how rows that move are dealt with is the core's; here its pages become objects.
 */
import type { Engine, EngineList, EnginePage, EnginePager, FetchSource } from './engine/engine.js';
import { fromEngine } from './errors.js';
import type { CallOptions } from './options.js';

/** What a listing can be told. */
export interface PaginateOptions extends CallOptions {
  params?:
    | {
        path?: Record<string, string | number> | undefined;
        /** Values may be lists; `search_params` may be an object. `page` and `page_size` are understood as the options below. */
        query?: Record<string, unknown> | undefined;
        header?: Record<string, unknown> | undefined;
      }
    | undefined;
  headers?: HeadersInit | Record<string, unknown> | undefined;
  /** Items per request, 1 to 100. Default 100. */
  pageSize?: number | undefined;
  /** The page to begin with. Default 1. */
  page?: number | undefined;
  /** Pages asked for at once; so many are held in memory. Order is kept. Default 1. */
  concurrency?: number | undefined;
  /** Goes on where a listing stood: the `cursor` of a page or an iterator. Path and query must be the same as then; the page size is the cursor's. */
  cursor?: string | undefined;
  /** Aborts the listing, on the wire too. */
  signal?: AbortSignal | undefined;
  /** Carries the requests of this listing. */
  fetch?: FetchSource | undefined;
}

/** One page, without the items that came before. */
export interface Page<Item> {
  readonly items: Item[];
  /** As the server counts, from 1. */
  readonly number: number;
  /** The page size that was asked for. */
  readonly size: number;
  /** How many items the whole listing has, as of this page; `undefined` where the server does not say. */
  readonly total: number | undefined;
  /** `false` where the server stopped counting: there are at least `total`. */
  readonly totalIsExact: boolean;
  /** Where the listing goes on, for the option `cursor`; `undefined` at its end. */
  readonly cursor: string | undefined;
  /** Logto's id of the request that brought this page. */
  readonly requestId: string | undefined;
  /** The page after it; `undefined` at the end. Asked twice, it gives the same one. */
  next(): Promise<Page<Item> | undefined>;
}

const decoder = new TextDecoder();

class LoadedPage<Item> implements Page<Item> {
  declare readonly items: Item[];
  declare readonly number: number;
  declare readonly size: number;
  declare readonly total: number | undefined;
  declare readonly totalIsExact: boolean;
  declare readonly cursor: string | undefined;
  declare readonly requestId: string | undefined;
  readonly #source: PageIterator<Item>;
  #next: Promise<Page<Item> | undefined> | undefined;

  constructor({ body, ...known }: EnginePage, source: PageIterator<Item>) {
    const items = JSON.parse(typeof body === 'string' ? body : decoder.decode(body)) as Item[];
    Object.assign(this, { items, ...known });
    this.#source = source;
  }

  next(): Promise<Page<Item> | undefined> {
    this.#next ??= this.#source.next().then(
      ({ value }) => value,
      (error: unknown) => {
        this.#next = undefined;
        throw error;
      },
    );
    return this.#next;
  }
}

/** Runs one step after the other, so that callers may ask without waiting, as of an async generator. A failed step does not hold up the next. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(step, step);
    this.#last = turn;
    return turn;
  }
}

/** The pages of a listing, one after the other. Unlike a generator it survives an error: calling `next` again goes on where it stopped. */
export class PageIterator<Item> implements AsyncIterableIterator<Page<Item>, undefined, undefined> {
  readonly #turns = new Turns();
  readonly #start: () => EnginePager;
  readonly #signal: AbortSignal | undefined;
  #pager: EnginePager | undefined;
  #ended = false;

  /** @internal */
  constructor(start: () => EnginePager, signal: AbortSignal | undefined) {
    this.#start = start;
    this.#signal = signal;
  }

  /** Where the listing goes on: behind the last page given out. `undefined` before the first, unless the listing was resumed, and at the end. */
  get cursor(): string | undefined {
    return this.#ended ? undefined : this.#pager?.cursor();
  }

  next(): Promise<IteratorResult<Page<Item>, undefined>> {
    return this.#turns.take(async () => {
      if (this.#ended) {
        return { done: true, value: undefined };
      }
      try {
        this.#pager ??= this.#start();
        const page = await this.#pager.next(this.#signal);
        if (page) {
          return { done: false, value: new LoadedPage<Item>(page, this) };
        }
      } catch (failure) {
        throw fromEngine(failure);
      }
      this.#end();
      return { done: true, value: undefined };
    });
  }

  /** Ends the listing and aborts what is under way. */
  return(): Promise<IteratorResult<Page<Item>, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#ended = true;
    this.#pager?.dispose();
  }
}

/** The items of a listing, one after the other. It survives an error as {@link PageIterator} does. */
export class ItemIterator<Item> implements AsyncIterableIterator<Item, undefined, undefined> {
  readonly #turns = new Turns();
  readonly #pages: PageIterator<Item>;
  #page: Page<Item> | undefined;
  /** Whether {@link cursor} is still that of the page: not while the next one is being fetched. */
  #inHand = false;
  #at = 0;
  #cursor: string | undefined;

  /** @internal */
  constructor(pages: PageIterator<Item>) {
    this.#pages = pages;
  }

  /** The page of the last item given out. At the end of the listing, its last page. */
  get page(): Page<Item> | undefined {
    return this.#page;
  }

  /** Where to take the listing up later: at the beginning of {@link page}, so that nothing is skipped. `undefined` at the end. */
  get cursor(): string | undefined {
    return this.#inHand ? this.#cursor : this.#pages.cursor;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return this.#turns.take(async () => {
      for (;;) {
        const items = this.#page?.items;
        if (items && this.#at < items.length) {
          this.#at += 1;
          return { done: false, value: items[this.#at - 1] as Item };
        }
        this.#inHand = false;
        this.#cursor = this.#pages.cursor;
        const next = await this.#pages.next();
        if (next.done) {
          return next;
        }
        this.#page = next.value;
        this.#inHand = true;
        this.#at = 0;
      }
    });
  }

  /** Ends the listing and aborts what is under way. */
  return(): Promise<IteratorResult<Item, undefined>> {
    return this.#pages.return().then(() => ({ done: true, value: undefined }));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * A listing. Nothing is sent before it is iterated or awaited, and every `for await` lists anew.
 *
 * ```ts
 * for await (const user of apiClient.paginate('/api/users')) { … }            // every item
 * for await (const page of apiClient.paginate('/api/users').pages()) { … }    // every page
 * const first = await apiClient.paginate('/api/users', { pageSize: 20 });     // one page: first.total, first.next()
 * ```
 */
export class Listing<Item> implements AsyncIterable<Item>, PromiseLike<Page<Item>> {
  readonly #pages: () => PageIterator<Item>;
  #first: Promise<Page<Item>> | undefined;

  /** @internal */
  constructor(engine: () => Engine, list: EngineList, signal: AbortSignal | undefined) {
    this.#pages = () => new PageIterator(() => engine().pager(list), signal);
  }

  [Symbol.asyncIterator](): ItemIterator<Item> {
    return new ItemIterator(this.#pages());
  }

  /** Page by page. */
  pages(): PageIterator<Item> {
    return this.#pages();
  }

  /** The first page. It is asked for once, however often this is awaited; after an error, awaiting again asks again. */
  // that is what it is for
  then<A = Page<Item>, B = never>(
    fulfilled?: ((page: Page<Item>) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#first ??= this.#pages()
      .next()
      .then(
        // A listing has a first page, be it empty.
        ({ value }) => value as Page<Item>,
        (error: unknown) => {
          this.#first = undefined;
          throw error;
        },
      );
    return this.#first.then(fulfilled, rejected);
  }
}
