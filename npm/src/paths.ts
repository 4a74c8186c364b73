/** What a path says of its calls: types that read `paths`. */
import type { MaybeOptionalInit } from 'openapi-fetch';
import type { lists, paths } from './generated/paths.js';

/** The methods that the API knows. */
export type Verb = 'get' | 'put' | 'post' | 'delete' | 'patch';
/** The paths that can be called so. */
export type PathsWith<V extends Verb> = {
  [Path in keyof paths]: paths[Path] extends Record<V, unknown> ? Path : never;
}[keyof paths];
/** What a call by path takes: as `apiClient.GET` and its like. */
export type InitOf<Path extends keyof paths, V extends Verb> = MaybeOptionalInit<paths[Path], V>;
type ContentOf<Answer> = Answer extends { content: infer Content } ? Content[keyof Content] : undefined;
/** What a call by path gives. */
export type DataOf<Path extends keyof paths, V extends Verb> = paths[Path][V] extends { responses: infer Answers }
  ? { [Status in keyof Answers & (200 | 201 | 204)]: ContentOf<Answers[Status]> }[keyof Answers & (200 | 201 | 204)]
  : never;

/** The paths that answer with a list. */
export type ListPath = keyof lists;
/** What the list at a path is of. */
export type ItemAt<Path extends ListPath> = lists[Path];
