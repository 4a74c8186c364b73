/** Users, and what they are given: roles, resources, scopes. */
import { userSearch } from 'logto-management';
import type { Walk } from './walk.ts';

/** The ids of a resource and its scope. */
export interface Made {
  resource: string;
  scope: string;
}

export async function resources(walk: Walk): Promise<Made> {
  const { resources } = walk.api;
  const resource = await walk.make(
    resources.create({ name: walk.name, indicator: `https://${walk.host}/api` }),
    ({ id }) => resources.delete(id),
  );
  await walk.ask(resources.get(resource.id));
  const changed = await walk.ask(resources.update(resource.id, { accessTokenTtl: 600 }));
  walk.expect(changed.accessTokenTtl === 600, 'the resource is changed');
  const listed = await walk.list(resources.list({ includeScopes: true }));
  walk.expect(
    listed.some(({ id }) => id === resource.id),
    'the resource is listed',
  );
  const scope = await walk.make(
    resources.createScope(resource.id, { name: 'read:all', description: 'Reads' }),
    ({ id }) => resources.deleteScope(resource.id, id),
  );
  await walk.ask(resources.updateScope(resource.id, scope.id, { description: 'Reads everything' }));
  const found = await walk.list(resources.listScopes(resource.id, { search: '%read%' }));
  walk.expect(
    found.some(({ id }) => id === scope.id),
    'the scope is found',
  );
  return { resource: resource.id, scope: scope.id };
}

export async function users(walk: Walk): Promise<string> {
  const { users } = walk.api;
  const user = await walk.make(
    users.create({
      username: walk.name,
      primaryEmail: `${walk.name}@example.com`,
      password: 'Hardly-guessed-0815',
      customData: { plan: 'pro' },
    }),
    ({ id }) => users.delete(id),
  );
  const { id } = user;
  await walk.ask(users.get(id));
  await walk.list(users.list({ page_size: 20 }));
  const search = userSearch().exact('username', walk.name).like('primaryEmail', '%@example.com').joint('and');
  walk.expect((await walk.list(users.list({ search_params: search }))).length === 1, 'the user alone is found');
  const several = userSearch().exact('id', [id, 'nosuchuser']).includePasswordHash();
  const found = await walk.list(users.list({ search_params: several }));
  walk.expect(found.length === 1, 'the user is found among several ids');
  // Absent keys stay as they are, null removes.
  const changed = await walk.ask(users.update(id, { name: 'Ann', avatar: null }));
  walk.expect(changed.name === 'Ann' && changed.username === user.username, 'the user is changed');
  const merged = await walk.ask(users.updateCustomData(id, { customData: { seats: 5 } }));
  walk.expect(Object.keys(merged).length === 2, 'custom data is merged');
  await walk.ask(users.listCustomData(id));
  await walk.ask(users.updateProfile(id, { profile: { familyName: 'Lee' } }));
  await walk.ask(users.updatePassword(id, { password: 'Hardly-guessed-4711' }));
  await walk.ask(users.verifyPassword(id, { password: 'Hardly-guessed-4711' }));
  await walk.ask(users.getHasPassword(id));
  await walk.ask(users.updateIsSuspended(id, { isSuspended: true }));
  const back = await walk.ask(users.updateIsSuspended(id, { isSuspended: false }));
  walk.expect(!back.isSuspended, 'the user is suspended no longer');
  await identitiesAndTokens(walk, id);
  return id;
}

async function identitiesAndTokens(walk: Walk, id: string): Promise<void> {
  const { users } = walk.api;
  await walk.ask(users.listLogtoConfigs(id));
  await walk.ask(users.listOrganizations(id));
  const target = 'life_cycle';
  await walk.ask(users.replaceIdentity(id, target, { userId: `${target}_${id}`, details: { name: 'Ann' } }));
  await walk.ask(users.getIdentity(id, target));
  await walk.ask(users.listAllIdentities(id));
  await walk.ask(users.deleteIdentity(id, target));
  await walk.tryTo(users.getSsoIdentity(id, 'nosuchconnector'));
  await walk.tryTo(users.createMfaVerification(id, { type: 'Totp' }));
  for (const factor of await walk.ask(users.listMfaVerifications(id))) {
    await walk.ask(users.deleteMfaVerification(id, factor.id));
  }
  await walk.ask(users.createPersonalAccessToken(id, { name: 'one' }));
  await walk.ask(users.updatePersonalAccessToken(id, 'one', { name: 'two' }));
  const tokens = await walk.ask(users.listPersonalAccessTokens(id));
  walk.expect(tokens.length === 1, 'the personal access token is listed');
  await walk.ask(users.deletePersonalAccessToken(id, 'two'));
  await walk.ask(users.listGrants(id));
  await walk.ask(users.listSessions(id));
  await walk.tryTo(users.getSession(id, 'nosuchsession'));
}

export async function roles(walk: Walk, user: string, { scope }: Made): Promise<void> {
  const { roles, users } = walk.api;
  const role = await walk.make(roles.create({ name: walk.name, description: 'For a while' }), ({ id }) =>
    roles.delete(id),
  );
  const has = (rows: { id: string }[], wanted: string): boolean => rows.some(({ id }) => id === wanted);
  await walk.ask(roles.get(role.id));
  const changed = await walk.ask(roles.update(role.id, { description: 'For a little while' }));
  walk.expect(changed.description === 'For a little while', 'the role is changed');
  walk.expect((await walk.list(roles.list({ search: `%${walk.name}%` }))).length === 1, 'the role is found');
  await walk.ask(roles.createScope(role.id, { scopeIds: [scope] }));
  walk.expect(has(await walk.list(roles.listScopes(role.id)), scope), 'the role has its scope');
  await walk.ask(roles.deleteScope(role.id, scope));
  await walk.ask(roles.createUser(role.id, { userIds: [user] }));
  walk.expect(has(await walk.list(roles.listUsers(role.id)), user), 'the role has its user');
  await walk.ask(roles.deleteUser(role.id, user));
  await walk.list(roles.listApplications(role.id));
  const without = userSearch().anywhere(`%${walk.name}%`).excludeRoleId(role.id);
  walk.expect(has(await walk.list(users.list({ search_params: without })), user), 'the user without the role is found');
  await walk.ask(users.assignRoles(user, { roleIds: [role.id] }));
  walk.expect(has(await walk.list(users.listRoles(user)), role.id), 'the user has the role');
  await walk.ask(users.deleteRole(user, role.id));
  await walk.ask(users.replaceRoles(user, { roleIds: [role.id] }));
}
