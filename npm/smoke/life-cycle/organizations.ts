/** Organizations, with their roles and scopes. */
import type { Made } from './people.ts';
import type { Walk } from './walk.ts';

/** The ids of a role for users, a role for machines, and a scope. */
interface Template {
  role: string;
  machines: string;
  scope: string;
}

const has = (rows: { id: string }[], wanted: string): boolean => rows.some(({ id }) => id === wanted);

async function template(walk: Walk, made: Made): Promise<Template> {
  const { organizationRoles: roles, organizationScopes: scopes } = walk.api;
  const scope = await walk.make(scopes.create({ name: walk.name }), ({ id }) => scopes.delete(id));
  await walk.ask(scopes.get(scope.id));
  await walk.list(scopes.list());
  const changed = await walk.ask(scopes.update(scope.id, { description: 'Invites' }));
  walk.expect(changed.description === 'Invites', 'the organization scope is changed');
  const role = await walk.make(roles.create({ name: walk.name }), ({ id }) => roles.delete(id));
  await walk.ask(roles.get(role.id));
  await walk.ask(roles.update(role.id, { description: 'Hosts' }));
  await walk.ask(roles.createScope(role.id, { organizationScopeIds: [scope.id] }));
  walk.expect(has(await walk.list(roles.listScopes(role.id)), scope.id), 'the organization role has its scope');
  await walk.ask(roles.createResourceScope(role.id, { scopeIds: [made.scope] }));
  const held = await walk.list(roles.listResourceScopes(role.id));
  walk.expect(has(held, made.scope), 'the organization role has its resource scope');
  walk.expect(has(await walk.list(roles.list({ q: walk.name })), role.id), 'the organization role is listed');
  await walk.ask(roles.deleteResourceScope(role.id, made.scope));
  const machines = await walk.make(
    roles.create({ name: `${walk.name}_machines`, type: 'MachineToMachine' }),
    ({ id }) => roles.delete(id),
  );
  return { role: role.id, machines: machines.id, scope: scope.id };
}

export async function organizations(walk: Walk, user: string, application: string, made: Made): Promise<void> {
  const { organizations } = walk.api;
  const shared = await template(walk, made);
  const { id } = await walk.make(organizations.create({ name: walk.name }), (one) => organizations.delete(one.id));
  await walk.ask(organizations.get(id));
  const changed = await walk.ask(organizations.update(id, { description: 'For a while' }));
  walk.expect(changed.description === 'For a while', 'the organization is changed');
  const listed = await walk.list(organizations.list({ q: walk.name, showFeatured: true }));
  walk.expect(has(listed, id), 'the organization is listed');
  await members(walk, id, user, shared);
  await machines(walk, id, application, shared);
  await justInTime(walk, id, shared);
  await invitations(walk, id, shared);
}

async function members(walk: Walk, id: string, user: string, { role, scope }: Template): Promise<void> {
  const { organizations, users } = walk.api;
  await walk.ask(organizations.addUsers(id, { userIds: [user] }));
  await walk.ask(organizations.assignRolesToUsers(id, { userIds: [user], organizationRoleIds: [role] }));
  const people = await walk.list(organizations.listUsers(id));
  walk.expect(
    people.some((one) => one.id === user && one.organizationRoles.length === 1),
    'the user is a member',
  );
  walk.expect(has(await walk.ask(users.listOrganizations(user)), id), 'the user has the organization');
  const roles = await walk.list(organizations.listUserRoles(id, user));
  walk.expect(has(roles, role), 'the member has the role');
  const scopes = await walk.ask(organizations.listUserScopes(id, user));
  walk.expect(has(scopes, scope), 'the member has the role’s scope');
  await walk.ask(organizations.replaceUsers(id, { userIds: [user] }));
  await walk.ask(organizations.deleteUser(id, user));
}

async function machines(walk: Walk, id: string, application: string, { machines: role }: Template): Promise<void> {
  const { organizations, applications } = walk.api;
  await walk.ask(organizations.addApplications(id, { applicationIds: [application] }));
  await walk.ask(
    organizations.assignRolesToApplications(id, { applicationIds: [application], organizationRoleIds: [role] }),
  );
  walk.expect(has(await walk.list(organizations.listApplications(id)), application), 'the application is a member');
  await walk.list(applications.listOrganizations(application));
  await walk.list(organizations.listApplicationRoles(id, application));
  await walk.ask(organizations.deleteApplicationRole(id, application, role));
  await walk.ask(organizations.assignRolesToApplication(id, application, { organizationRoleIds: [role] }));
  await walk.ask(organizations.deleteApplication(id, application));
}

async function justInTime(walk: Walk, id: string, { role }: Template): Promise<void> {
  const { organizations } = walk.api;
  await walk.ask(organizations.createJitEmailDomain(id, { emailDomain: walk.host }));
  const domains = await walk.list(organizations.listJitEmailDomains(id));
  walk.expect(
    domains.some(({ emailDomain }) => emailDomain === walk.host),
    'the e-mail domain is there',
  );
  await walk.ask(organizations.deleteJitEmailDomain(id, walk.host));
  await walk.ask(organizations.createJitRole(id, { organizationRoleIds: [role] }));
  walk.expect(has(await walk.list(organizations.listJitRoles(id)), role), 'the just-in-time role is there');
  await walk.ask(organizations.deleteJitRole(id, role));
  await walk.list(organizations.listJitSsoConnectors(id));
}

/** No message is sent. */
async function invitations(walk: Walk, organizationId: string, { role }: Template): Promise<void> {
  const { organizationInvitations } = walk.api;
  const expiresAt = Date.now() + 86_400_000;
  const invitation = await walk.make(
    organizationInvitations.create({
      invitee: `${walk.name}_guest@example.com`,
      organizationId,
      expiresAt,
      organizationRoleIds: [role],
      messagePayload: false,
    }),
    ({ id }) => organizationInvitations.delete(id),
  );
  walk.expect(invitation.expiresAt === expiresAt, 'times survive');
  await walk.ask(organizationInvitations.get(invitation.id));
  await walk.ask(organizationInvitations.list({ organizationId }));
  const revoked = await walk.ask(organizationInvitations.replaceStatus(invitation.id, { status: 'Revoked' }));
  walk.expect(revoked.status === 'Revoked', 'the invitation is revoked');
}
