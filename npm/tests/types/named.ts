// Compiled, not run: operations by name, strictly. Wrong uses must not compile, and say so.
import {
  ApiError,
  createManagementApi,
  operationsOf,
  search,
  userSearch,
  type Api,
  type ApiClient,
  type Application,
  type CreateUserBody,
  type components,
  type ErrorBody,
  type KnownErrorCode,
  type Listing,
  type Organization,
  type operations,
  type Page,
  type paths,
  type Role,
  type SearchField,
  type User,
} from 'logto-management';

const { api, apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function calls(file: Blob, body: CreateUserBody): Promise<void> {
  const user: User = await api.users.create(body, { retries: 0 });
  const same: components['schemas']['User'] = await api.users.get(user.id, { includePasswordHash: true });
  await api.users.update(same.id, { name: null }, { signal: AbortSignal.timeout(1000) });
  const nothing: undefined = await api.users.delete(user.id);
  const assigned: undefined = await api.roles.createUser('r1', { userIds: [user.id] });
  const url: string = (await api.userAssets.create(file)).url;
  const xml: string = await api.samlApplications.listMetadata('s1');
  const uris: string[] = (await api.applications.get('a1')).oidcClientMetadata.redirectUris;
  await api.signInExp.update({ signInMode: 'SignIn' }, { removeUnusedDemoSocialConnector: true }, { timeoutMs: 500 });
  await api.configs.rotateOidcKeys('private-keys', { signingKeyAlgorithm: 'EC' });
  console.log(nothing, assigned, url, xml, uris);

  // @ts-expect-error -- the id is missing
  await api.users.get();
  // @ts-expect-error -- the body is missing
  await api.users.update('u1');
  // @ts-expect-error -- no such key
  await api.users.create({ user_name: 'ann' });
  // @ts-expect-error -- by name, a flag is a flag
  await api.users.get('u1', { includeSsoIdentities: 'true' });
  // @ts-expect-error -- the limit must be given
  await api.signInExp.getUsernameCaseSensitivityConflicts({});
  // @ts-expect-error -- no such option
  await api.users.delete('u1', { retry: 0 });
}

export async function listings(): Promise<void> {
  const listing: Listing<User> = api.users.list({ page_size: 50, search: '%ann%' }, { concurrency: 4 });
  for await (const user of listing) {
    const id: string = user.id;
    console.log(id);
  }
  const consented: Listing<Organization> = api.applications.listUserConsentOrganizations('a1', 'u1');
  const sameByPath: Listing<Organization> = apiClient.paginate(
    '/api/applications/{id}/users/{userId}/consent-organizations',
  );
  console.log(consented, sameByPath);
  const first: Page<Application> = await api.applications.list({ types: ['SPA', 'Native'] });
  for await (const page of api.users.listRoles('u1').pages()) {
    const role: Role | undefined = page.items[0];
    console.log(first.total, role?.name);
  }
  const all: Role[] = await api.get('/api/roles', { params: { query: { page: 1 } } });
  const { id }: User = await api.post('/api/users', { body: { username: 'ann' }, timeoutMs: 5 });
  const gone: undefined = await api.delete('/api/users/{userId}', { params: { path: { userId: id } } });
  console.log(all, gone);
  // @ts-expect-error -- its parameter is missing
  await api.get('/api/users/{userId}');
  // @ts-expect-error -- nothing to post there
  await api.post('/api/status');
}

export async function searches(client: ApiClient): Promise<void> {
  const found = userSearch().like('name', 'A%').exact('id', ['a', 'b']).joint('and').excludeRoleId('r1');
  await api.users.list({ search_params: found, excludeOrganizationId: 'o1' });
  await client.GET('/api/users', { params: { query: { search_params: found } } });
  await api.roles.list({ search_params: search<SearchField>().posix('description', 'x') });
  await api.users.list({ 'search.name': ['x', 'y'], 'mode.name': 'exact', joint: 'and', isCaseSensitive: true });
  await api.users.list({ search_params: { 'search.username': 'x', 'mode.username': 'similar_to' } });
  // @ts-expect-error -- no such field
  userSearch().like('nickname', 'A%');
  // @ts-expect-error -- no such mode
  await api.users.list({ 'mode.name': 'exactly' });
  // @ts-expect-error -- a search over other fields
  await api.users.list({ search_params: search<SearchField>() });
}

export function errors(thrown: unknown): boolean {
  const known: KnownErrorCode = 'user.username_already_in_use';
  // @ts-expect-error -- no known code
  const unknown: KnownErrorCode = 'user.name_already_in_use';
  if (!(thrown instanceof ApiError)) {
    return false;
  }
  const code: string | undefined = thrown.code;
  return thrown.code === known || thrown.code === 'a.later_one' || code === unknown;
}

export async function errorsByPath(): Promise<boolean> {
  const { data, error } = await apiClient.POST('/api/users', { body: { username: 'ann' } });
  if (!error) {
    const user: User = data;
    return user.id === 'u1';
  }
  // What openapi-fetch makes of `paths` is a string by type; as an `ErrorBody` it has the known codes, and takes others.
  const { code }: ErrorBody = error;
  // @ts-expect-error -- text of any kind is no known code
  const narrow: KnownErrorCode | undefined = code;
  switch (code) {
    case 'user.username_already_in_use':
      return false;
    case 'a.later_one':
      return true;
    default:
      return code === narrow;
  }
}

export const ofOwnTokens = (client: ApiClient): Api => operationsOf(client);
export type Answer = operations['GetUser']['responses'][200]['content']['application/json'];
export type Paths = keyof paths;
