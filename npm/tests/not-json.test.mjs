// What is not JSON, against the simulator, by name and by path: uploads, the XML answer, and the operations that answer success without data.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ApiError, createManagementApi } from 'logto-management';
import { startSimulator } from './runtimes/simulator.mjs';

const catalogue = new URL('../../crates/catalogue/management.json', import.meta.url);
const { operations } = JSON.parse(readFileSync(catalogue, 'utf8'));
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

async function start(t) {
  const simulator = await startSimulator(t);
  const made = createManagementApi('default', {
    baseUrl: simulator.LOGTO_ENDPOINT,
    apiIndicator: simulator.LOGTO_API_INDICATOR,
    clientId: simulator.LOGTO_CLIENT_ID,
    clientSecret: simulator.LOGTO_CLIENT_SECRET,
  });
  t.after(() => made.apiClient.dispose());
  return made;
}

/** Every byte there is, line ends and what looks like a boundary among them. */
const BYTES = [Uint8Array.from({ length: 70_000 }, (_, at) => at % 256), '\r\n--B--\r\n'];
const image = () => new File(BYTES, 'ann lee.png', { type: 'image/png' });
const formOf = (file) => {
  const form = new FormData();
  form.append('note', 'hello');
  form.append('file', file);
  return form;
};

test('files are uploaded', async (t) => {
  const { api, apiClient } = await start(t);
  const named = await api.userAssets.create(image());
  assert.match(named.url, /^https:.+\/ann lee\.png$/);
  assert.match((await api.userAssets.create(formOf(image()))).url, /\/ann lee\.png$/);
  const { data, error, response } = await apiClient.POST('/api/user-assets', { body: formOf(image()) });
  assert.equal(error, undefined);
  assert.equal(response.status, 200);
  assert.match(data.url, /\/ann lee\.png$/);
  const byPath = await api.post('/api/user-assets', { body: formOf(image()) });
  assert.match(byPath.url, /\/ann lee\.png$/);

  const zip = new File(BYTES, 'ui.zip', { type: 'application/zip' });
  assert.equal(typeof (await api.signInExp.uploadCustomUiAssets(zip)).customUiAssetId, 'string');
  const assets = await apiClient.POST('/api/sign-in-exp/default/custom-ui-assets', { body: formOf(zip) });
  assert.equal(typeof assets.data.customUiAssetId, 'string');
});

test('a file of the wrong kind is refused as any call is', async (t) => {
  const { api, apiClient } = await start(t);
  const text = new File(['text'], 'a.txt', { type: 'text/plain' });
  await assert.rejects(api.userAssets.create(text), (error) => {
    assert.ok(error instanceof ApiError);
    assert.equal(error.code, 'guard.mime_type_not_allowed');
    return true;
  });
  const { data, error } = await apiClient.POST('/api/user-assets', { body: formOf(text) });
  assert.deepEqual([data, error.code], [undefined, 'guard.mime_type_not_allowed']);
});

test('metadata of a SAML application is XML, as text', async (t) => {
  const { api, apiClient } = await start(t);
  const { id } = await api.samlApplications.create({ name: 'saml' });
  const named = await api.samlApplications.listMetadata(id);
  assert.match(named, /^<[^]*EntityDescriptor/);
  const path = '/api/saml-applications/{id}/metadata';
  const params = { path: { id } };
  for (const options of [{}, { parseAs: 'text' }]) {
    const { data, error, response } = await apiClient.GET(path, { params, ...options });
    assert.equal(error, undefined);
    assert.equal(data, named);
    assert.match(response.headers.get('content-type'), /^(text|application)\/xml/);
  }
  assert.equal(await api.get(path, { params }), named);
  const { data: stream } = await apiClient.GET(path, { params, parseAs: 'blob' });
  assert.equal(await stream.text(), named);
});

/** Makes what the operations need; what each is called with: the path's parameters, and the body. */
async function needs(api, style) {
  const name = `silent_${style}`;
  const { id: user } = await api.users.create({ username: name });
  const machine = { type: 'MachineToMachine' };
  const { id: application } = await api.applications.create({ name, ...machine });
  const { id: third } = await api.applications.create({ name, type: 'Traditional', isThirdParty: true });
  const protectedAppMetadata = { subDomain: name, origin: 'https://example.com' };
  const { id: guarded } = await api.applications.create({ name, type: 'Protected', protectedAppMetadata });
  const { id: role } = await api.roles.create({ name, description: name });
  const { id: machines } = await api.roles.create({ name: `${name}_m`, description: name, ...machine });
  const { id: resource } = await api.resources.create({ name, indicator: `https://${name}.example.com` });
  const { id: scope } = await api.resources.createScope(resource, { name: 'read' });
  const { id: organization } = await api.organizations.create({ name });
  const { id: orgScope } = await api.organizationScopes.create({ name });
  const { id: orgRole } = await api.organizationRoles.create({ name });
  const { id: orgMachines } = await api.organizationRoles.create({ name: `${name}_m`, ...machine });
  const { id: sso } = await api.ssoConnectors.create({ providerName: 'OIDC', connectorName: name });
  await api.organizations.addUsers(organization, { userIds: [user] });
  return [
    ['CreateRoleUser', [role], { userIds: [user] }],
    ['CreateRoleApplication', [machines], { applicationIds: [application] }],
    ['ReplaceApplicationRoles', [application], { roleIds: [] }],
    ['CreateApplicationUserConsentScope', [third], { userScopes: ['email'] }],
    ['CreateApplicationUserConsentOrganization', [third, user], { organizationIds: [organization] }],
    ['CreateApplicationProtectedAppMetadataCustomDomain', [guarded], { domain: `${style}.example.com` }],
    ['CreateOrganizationRoleScope', [orgRole], { organizationScopeIds: [orgScope] }],
    ['CreateOrganizationRoleResourceScope', [orgRole], { scopeIds: [scope] }],
    ['AssignOrganizationRolesToUsers', [organization], { userIds: [user], organizationRoleIds: [orgRole] }],
    ['AddOrganizationApplications', [organization], { applicationIds: [application] }],
    [
      'AssignOrganizationRolesToApplications',
      [organization],
      { applicationIds: [application], organizationRoleIds: [orgMachines] },
    ],
    ['AssignOrganizationRolesToApplication', [organization, application], { organizationRoleIds: [orgMachines] }],
    ['CreateOrganizationJitRole', [organization], { organizationRoleIds: [orgRole] }],
    ['CreateOrganizationJitSsoConnector', [organization], { ssoConnectorIds: [sso] }],
  ];
}

test('the fourteen that answer text, or nothing, succeed without data', async (t) => {
  const { api, apiClient } = await start(t);
  const silent = operations.filter(({ textAnswer }) => textAnswer);
  assert.equal(silent.length, 14);

  const called = [];
  for (const [id, given, body] of await needs(api, 'named')) {
    const { group, name } = operations.find((operation) => operation.id === id);
    assert.equal(await api[camel(group)][camel(name)](...given, body), undefined, id);
    called.push(id);
  }
  assert.deepEqual(called.sort(), silent.map(({ id }) => id).sort());

  for (const [id, given, body] of await needs(api, 'path')) {
    const { method, path } = operations.find((operation) => operation.id === id);
    const names = [...path.matchAll(/{(\w+)}/g)].map(([, name], at) => [name, given[at]]);
    const params = { path: Object.fromEntries(names) };
    const { data, error, response } = await apiClient[method](path, { params, body });
    assert.deepEqual([data, error], [undefined, undefined], id);
    assert.ok([200, 201].includes(response.status), `${id}: ${response.status}`);
    assert.doesNotMatch(response.headers.get('content-type') ?? '', /json/, id);
  }
});
