/**
 * The package's types, the same in every runtime. This module has no code of its own: a runtime's entry (`entries/`) has the functions declared here, over its engine.
 */
import type { Facade } from './facade.js';

export * from './exports.js';

/**
 * A client of a tenant's Management API. Making one does no I/O.
 *
 * Before you call it, create a machine-to-machine application in Logto and give it the role "Logto Management API access": https://a.logto.io/m2m-mapi
 *
 * ```ts
 * // Logto Cloud
 * const { apiClient, clientCredentials } = createManagementApi('my-tenant-id', { clientId, clientSecret });
 * // Self-hosted
 * const api = createManagementApi('default', {
 *   clientId,
 *   clientSecret,
 *   baseUrl: 'https://id.example.com',
 *   apiIndicator: 'https://default.logto.app/api',
 * });
 *
 * const { data, error } = await apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } });
 * for await (const user of apiClient.paginate('/api/users', { concurrency: 4 })) { … }
 * ```
 * @param tenantId Base url and resource indicator follow from it. Where both are given, any string will do, as `default`.
 * @throws {ConfigError} where an option is wrong: it says which, and what would be right.
 */
export declare const createManagementApi: Facade['createManagementApi'];

/**
 * The same from `LOGTO_ENDPOINT`, `LOGTO_TENANT_ID`, `LOGTO_CLIENT_ID`, `LOGTO_CLIENT_SECRET` and `LOGTO_API_INDICATOR`. Nothing else takes a client's configuration from the environment.
 * @param env Where the variables are. Default `process.env`; in a Worker give its `env`.
 * @throws {ConfigError} that names every variable that is missing.
 */
export declare const createManagementApiFromEnv: Facade['createManagementApiFromEnv'];

/**
 * A client whose access tokens come from you. `.well-known` endpoints are called without one.
 * @throws {ConfigError} where an option is wrong.
 */
export declare const createApiClient: Facade['createApiClient'];

/**
 * Which engine runs: the native addon, or WASM where there is none for this platform or runtime. They behave alike.
 *
 * In Node it says what is installed until the first client loads it, and from then on what loaded.
 */
export declare const engineKind: Facade['engineKind'];

/** Every {@link LogtoError.reason} that there is. */
export declare const errorNames: Facade['errorNames'];
