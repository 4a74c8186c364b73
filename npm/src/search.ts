/**
 * Logto's search as the server reads it: `search=%x%` looks in every field, `search.<field>` and `mode.<field>` in one, `joint` says how conditions go together.
 *
 * The server's own document promises `search_params[...]`, which the server ignores. The client therefore lifts the members of `search_params` into bare keys, and both spellings work: `{ search_params: { joint: 'and', … } }`
 * and `{ joint: 'and', … }`.
 */
import type { UserSearchField } from './generated/models.js';

/** How a field is compared: SQL's `LIKE` (the default) and `SIMILAR TO`, equality, a POSIX regular expression. */
export type SearchMode = 'like' | 'exact' | 'similar_to' | 'posix';

/** The bare keys of a search over fields. Several values of a field work with the mode `exact` only. */
export type SearchKeys<Field extends string> = {
  /** A pattern for any of the fields; `%` stands for any text. */
  search?: string | undefined;
  /** Whether one condition must hold or all. Default `or`. */
  joint?: 'and' | 'or' | undefined;
  /** Whether capitals matter. Default no. The mode `similar_to` needs it. */
  isCaseSensitive?: boolean | 'true' | 'false' | undefined;
} & { [Name in Field as `search.${Name}`]?: string | readonly string[] | undefined } & {
  [Name in Field as `mode.${Name}`]?: SearchMode | undefined;
};

/** What `search_params` takes: the bare keys as an object, or a {@link Search}. */
export type SearchParams<Field extends string> = SearchKeys<Field> | Search<Field>;

/** The part of a query that searches. */
export type SearchQuery<Field extends string> = SearchKeys<Field> & { search_params?: SearchParams<Field> | undefined };

/** The same by path, where the official package takes any text under any key. */
export type LooseSearchQuery<Field extends string> = SearchKeys<Field> & {
  search_params?: SearchParams<Field> | { [key: string]: string } | undefined;
};

/**
 * A search over fields, one condition for each. It goes where a query has `search_params`.
 *
 * ```ts
 * // Users called Ann, at example.com.
 * const search_params = userSearch().like('name', 'Ann%').like('primaryEmail', '%@example.com').joint('and');
 * for await (const user of api.users.list({ search_params })) { … }
 * await apiClient.GET('/api/users', { params: { query: { search_params } } });
 * ```
 */
export class Search<Field extends string> {
  /** Keeps searches over different fields apart for the compiler; nothing at run time. */
  declare private readonly fields: (field: Field) => void;

  /** A pattern in any of the fields; `%` stands for any text, `_` for any character. */
  anywhere(pattern: string): this {
    return this.put('search', pattern);
  }

  /** The field fits the pattern (SQL's `LIKE`); `%` stands for any text, `_` for any character. */
  like(field: Field, pattern: string): this {
    return this.condition(field, 'like', pattern);
  }

  /** The field is this value, or one of these. */
  exact(field: Field, value: string | readonly string[]): this {
    return this.condition(field, 'exact', value);
  }

  /** The field fits the POSIX regular expression. */
  posix(field: Field, expression: string): this {
    return this.condition(field, 'posix', expression);
  }

  /** The field fits the pattern of SQL's `SIMILAR TO`. The server has it in the case-sensitive sense only, so the whole search becomes so. */
  similarTo(field: Field, pattern: string): this {
    return this.condition(field, 'similar_to', pattern).put('isCaseSensitive', true);
  }

  /** Whether one condition must hold (`or`, the server's default) or all (`and`). */
  joint(joint: 'and' | 'or'): this {
    return this.put('joint', joint);
  }

  /** Whether capitals matter. Default no. */
  caseSensitive(yes = true): this {
    return this.put('isCaseSensitive', yes);
  }

  private condition(field: Field, mode: SearchMode, value: unknown): this {
    return this.put(`search.${field}`, value).put(`mode.${field}`, mode);
  }

  /** The conditions are the object's own keys, by the names that the server reads: whatever takes `search_params` as an object takes this. */
  protected put(key: string, value: unknown): this {
    return Object.assign(this, { [key]: value });
  }
}

/** A {@link Search} over users, with what only listing users knows besides. */
export class UserSearch extends Search<UserSearchField> {
  /** Without the users who have this role. */
  excludeRoleId(id: string): this {
    return this.put('excludeRoleId', id);
  }

  /** Without the members of this organization. */
  excludeOrganizationId(id: string): this {
    return this.put('excludeOrganizationId', id);
  }

  /** With `passwordDigest` and `passwordAlgorithm`. */
  includePasswordHash(yes = true): this {
    return this.put('includePasswordHash', yes);
  }
}

/** A search over users, with no condition yet. */
export const userSearch = (): UserSearch => new UserSearch();

/** A search over the fields of another table, with no condition yet: `search<SearchField>().like('name', 'Admin%')`. */
export const search = <Field extends string>(): Search<Field> => new Search<Field>();
