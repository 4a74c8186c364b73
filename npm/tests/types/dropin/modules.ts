// Compiled, not run: each module's types where the other's are expected.
import * as official from '@logto/api/management';
import * as ours from 'logto-management/management';
import type { Middleware as OldMiddleware } from '../../../node_modules/@logto/api/node_modules/openapi-fetch/dist/index.js';

// What programs hand in, by its own name and as what the functions take.
export const options: [ours.CreateManagementApiOptions, ours.CreateApiClientOptions] = [
  {} as official.CreateManagementApiOptions,
  {} as official.CreateApiClientOptions,
];
// (Ours take `undefined` for what may be left out, too.)
export const optionsBack: [official.CreateManagementApiOptions, official.CreateApiClientOptions] = [
  {} as { [Key in keyof official.CreateManagementApiOptions]: NonNullable<ours.CreateManagementApiOptions[Key]> },
  {} as { [Key in keyof official.CreateApiClientOptions]: NonNullable<ours.CreateApiClientOptions[Key]> },
];

// The values, where they are no clients.
export const values: Pick<typeof official, 'allScope' | 'getBaseUrl' | 'getManagementApiIndicator'> = ours;
export const valuesBack: Pick<typeof ours, 'allScope' | 'getBaseUrl' | 'getManagementApiIndicator'> = official;

// Every export is there, and everything that the two functions give.
type Api<Module extends { createManagementApi: (...given: never[]) => unknown }> = ReturnType<
  Module['createManagementApi']
>;
export const exported: Record<keyof typeof official, unknown> = ours;
export const given: Record<keyof Api<typeof official>, unknown> = {} as Api<typeof ours>;
export const methods: Record<keyof Api<typeof official>['apiClient'], unknown> = {} as Api<typeof ours>['apiClient'];
export const parameters: Parameters<typeof ours.createManagementApi> = {} as Parameters<
  typeof official.createManagementApi
>;

// The credentials, but for what is private.
type Credentials = Pick<Api<typeof official>['clientCredentials'], 'getAccessToken'>;
export const credentials: Credentials = {} as Api<typeof ours>['clientCredentials'];
export const credentialsBack: Pick<Api<typeof ours>['clientCredentials'], 'getAccessToken'> = {} as Credentials;

// A program that keeps the `openapi-fetch` of the official package beside ours.
export function kept(client: ours.ApiClient, middleware: OldMiddleware): void {
  client.use(middleware);
  client.eject(middleware);
}
