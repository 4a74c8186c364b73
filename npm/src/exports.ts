/** What the package exports in every runtime, whatever the engine. */
export { ItemIterator, Listing, PageIterator } from './paginate.js';
export { ClientCredentials } from './credentials.js';
export {
  ApiError,
  BudgetExhaustedError,
  ClientCredentialsError,
  ConfigError,
  DecodeError,
  LogtoError,
  TransportError,
  UnexpectedRedirectError,
} from './errors.js';
export { operationsOf } from './api.js';
export { Search, search, UserSearch, userSearch } from './search.js';
export { cacheTokenStore } from './store.js';
export { errorOf, infoOf, unwrap } from './unwrap.js';
export { verifyWebhookSignature } from './webhook.js';
export type { ApiClient } from './client.js';
export type { AccessToken } from './credentials.js';
export type { AnswerInfo } from './response.js';
export type { FetchLike, FetchSource } from './engine/engine.js';
export type { Hooks, RequestEvent, ResponseEvent, RetryEvent, TokenEvent } from './events.js';
export type { ManagementApi } from './facade.js';
export type { Page, PaginateOptions } from './paginate.js';
export type {
  CallOptions,
  CoreOptions,
  CreateApiClientOptions,
  CreateManagementApiOptions,
  FromEnvOptions,
  RateLimit,
  SharedOptions,
  Warning,
} from './options.js';
export type { ErrorBody, ErrorCode } from './types.js';
export type { KnownErrorCode } from './generated/codes.js';
export type * from './generated/api.js';
export type * from './generated/models.js';
export type { components, operations, paths } from './generated/paths.js';
export type { DataOf, InitOf, ItemAt, ListPath, PathsWith } from './paths.js';
export type { SearchKeys, SearchMode, SearchParams, SearchQuery } from './search.js';
export type { ListOptions, OperationOptions, PathCall, PathCalls, Upload } from './api.js';
export type { CacheLike, TokenStore } from './store.js';
export type { CallResult } from './unwrap.js';
export type {
  WebhookApplication,
  WebhookCommon,
  WebhookDataEvent,
  WebhookEvent,
  WebhookExceptionEvent,
  WebhookInteractionEvent,
  WebhookMembershipEvent,
  WebhookUser,
} from './webhook.js';

/** The base url of a Logto Cloud tenant. */
export const getBaseUrl = (tenantId: string): string => `https://${tenantId}.logto.app`;

/** The resource indicator of a tenant's Management API: what the token is asked for. */
export const getManagementApiIndicator = (tenantId: string): string => `${getBaseUrl(tenantId)}/api`;

/** The only scope that the Management API knows: all of it. */
export const allScope = 'all';
