/** Applications, of OpenID Connect and of SAML; hooks and logs. */
import { ApiError, type SamlApplication } from 'logto-management';
import type { Walk } from './walk.ts';

/** Makes one for the organizations to use. @returns Its id. */
export async function applications(walk: Walk, user: string): Promise<string> {
  const { applications, roles } = walk.api;
  const worker = await walk.make(applications.create({ name: walk.name, type: 'MachineToMachine' }), ({ id }) =>
    applications.delete(id),
  );
  await walk.ask(applications.createSecret(worker.id, { name: 'second', expiresAt: null }));
  await walk.ask(applications.updateSecret(worker.id, 'second', { name: '2nd' }));
  const secrets = await walk.ask(applications.listSecrets(worker.id));
  walk.expect(
    secrets.some(({ name }) => name === '2nd'),
    'the secret is listed',
  );
  await walk.ask(applications.deleteSecret(worker.id, '2nd'));
  const role = await walk.make(
    roles.create({ name: `${walk.name}_machines`, description: 'For a while', type: 'MachineToMachine' }),
    ({ id }) => roles.delete(id),
  );
  await walk.ask(roles.createApplication(role.id, { applicationIds: [worker.id] }));
  const held = await walk.list(applications.listRoles(worker.id));
  walk.expect(held.length === 1, 'the application has the role');
  await walk.ask(roles.deleteApplication(role.id, worker.id));
  await walk.ask(applications.assignRoles(worker.id, { roleIds: [role.id] }));
  await walk.ask(applications.replaceRoles(worker.id, { roleIds: [] }));
  await web(walk, user);
  return worker.id;
}

/** One of another party, which users are asked for consent to. */
async function web(walk: Walk, user: string): Promise<void> {
  const { applications } = walk.api;
  const { id } = await walk.make(
    applications.create({ name: `${walk.name}_web`, type: 'Traditional', isThirdParty: true }),
    (made) => applications.delete(made.id),
  );
  await walk.ask(applications.get(id));
  const changed = await walk.ask(applications.update(id, { description: 'For a while' }));
  walk.expect(changed.description === 'For a while', 'the application is changed');
  await walk.ask(applications.updateCustomData(id, { plan: 'pro' }));
  const found = await walk.list(applications.list({ types: ['Traditional'], isThirdParty: true }));
  walk.expect(
    found.some((one) => one.id === id),
    'the application is listed',
  );
  await walk.tryTo(applications.getAccessControl(id));
  await walk.tryTo(
    applications.replaceSignInExperience(id, {
      displayName: 'Life cycle',
      termsOfUseUrl: null,
      privacyPolicyUrl: null,
    }),
  );
  await walk.tryTo(applications.getSignInExperience(id));
  await walk.ask(applications.createUserConsentScope(id, { userScopes: ['profile'] }));
  await walk.ask(applications.listUserConsentScopes(id));
  await walk.ask(applications.deleteUserConsentScope(id, 'user-scopes', 'profile'));
  await walk.list(applications.listUserConsentOrganizations(id, user));
  await walk.tryTo(applications.listProtectedAppMetadataCustomDomains(id));
  await walk.list(applications.listOrganizations(id));
}

export async function samlApplications(walk: Walk): Promise<void> {
  const applications = walk.api.samlApplications;
  let application: SamlApplication;
  try {
    application = await walk.make(applications.create({ name: walk.name }), (made) => applications.delete(made.id));
  } catch (error) {
    // A server of one's own may have three.
    walk.expect(
      error instanceof ApiError && error.code === 'application.saml.reach_oss_limit',
      'a SAML application is made, or there is no room for one',
    );
    return;
  }
  const { id } = application;
  await walk.ask(applications.get(id));
  const entityId = `urn:${walk.name.replaceAll('_', '-')}`;
  const url = 'https://sp.example.com/acs';
  const changed = await walk.ask(
    applications.update(id, {
      entityId,
      acsUrl: { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', url },
    }),
  );
  walk.expect(changed.entityId === entityId && changed.acsUrl?.url === url, 'the SAML application is changed');
  const secret = await walk.ask(applications.createSecret(id, { lifeSpanInYears: 1 }));
  const secrets = await walk.ask(applications.listSecrets(id));
  walk.expect(
    secrets.some((one) => one.id === secret.id),
    'the SAML secret is listed',
  );
  await walk.ask(applications.deleteSecret(id, secret.id));
  const metadata = await walk.ask(applications.listMetadata(id));
  walk.expect(metadata.includes('EntityDescriptor'), 'the metadata is XML');
  await walk.tryTo(applications.getCallback(id, { code: 'nosuchcode' }));
  await walk.tryTo(walk.api.saml.getAuthn(id, { SAMLRequest: 'none' }));
}

/** The hook is off, and its address leads nowhere. */
export async function hooksAndLogs(walk: Walk): Promise<void> {
  const { hooks, logs } = walk.api;
  const hook = await walk.make(
    hooks.create({
      name: walk.name,
      events: ['User.Created'],
      config: { url: 'https://hook.example.com/' },
      enabled: false,
    }),
    ({ id }) => hooks.delete(id),
  );
  await walk.ask(hooks.get(hook.id, { includeExecutionStats: true }));
  const changed = await walk.ask(hooks.update(hook.id, { events: ['User.Deleted'] }));
  walk.expect(changed.events.join() === 'User.Deleted', 'the hook is changed');
  const listed = await walk.list(hooks.list({ includeExecutionStats: true }));
  walk.expect(
    listed.some(({ id }) => id === hook.id),
    'the hook is listed',
  );
  const renewed = await walk.ask(hooks.updateSigningKey(hook.id));
  walk.expect(renewed.signingKey !== hook.signingKey, 'the signing key is a new one');
  await walk.list(hooks.listRecentLogs(hook.id));
  const [log] = await walk.list(logs.list({ page_size: 20 }));
  await walk.tryTo(logs.get(log?.id ?? 'nosuchlog'));
}
