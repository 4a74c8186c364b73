/** The one thing that the query needs beyond openapi-fetch's own serialisation. */

/**
 * Lifts the members of `search_params` into bare keys (`search.username`, `mode.username`, `joint`, `isCaseSensitive`): what the server reads. Its document promises
 * `search_params[...]`, which the server ignores: an AND search silently becomes something else. The core has the same rule for listings; vectors hold the two together.
 */
export function flattenSearchParams(query: Record<string, unknown>): Record<string, unknown> {
  const nested = query['search_params'];
  if (typeof nested !== 'object' || nested === null || Array.isArray(nested)) {
    return query;
  }
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    if (name === 'search_params') {
      Object.assign(flat, nested);
    } else {
      flat[name] = value;
    }
  }
  return flat;
}
