/** What a tenant has one of, read and left as it is; and one-time tokens and custom profile fields. */
import type { LanguageTag } from 'logto-management';
import type { Walk } from './walk.ts';

/** An id that nothing has. */
const NOBODY = 'nosuchthing';

export async function settings(walk: Walk): Promise<void> {
  const { api } = walk;
  await walk.ask(api.status.get());
  const { wellKnown, configs, dashboard } = api;
  await walk.ask(wellKnown.getExperience());
  await walk.ask(wellKnown.getSignInExperienceConfig());
  await walk.ask(wellKnown.getSignInExperiencePhrases({ lng: 'en' }));
  await walk.ask(wellKnown.getAccountCenter());
  await walk.ask(wellKnown.getManagementOpenapiJson());
  await walk.ask(wellKnown.getExperienceOpenapiJson());
  await walk.ask(wellKnown.getUserOpenapiJson());
  await walk.ask(api.swaggerJson.get());
  await walk.ask(api.signInExp.get());
  await walk.tryTo(api.signInExp.getUsernameCaseSensitivityConflicts({ limit: 5 }));
  await walk.ask(api.accountCenter.getSettings());
  await walk.tryTo(api.captchaProvider.get());
  await walk.tryTo(api.systems.getApplicationConfig());
  await walk.ask(api.userAssets.getServiceStatus());
  await walk.ask(configs.getAdminConsole());
  await walk.tryTo(configs.getIdToken());
  await walk.ask(configs.getOidcSession());
  await walk.ask(configs.getOidcKeys('private-keys'));
  await walk.ask(configs.getOidcKeys('cookie-keys'));
  await walk.ask(configs.listJwtCustomizers());
  await walk.tryTo(configs.getJwtCustomizer('access-token'));
  await walk.tryTo(configs.getJwtCustomizer('client-credentials'));
  await walk.tryTo(configs.listActions());
  await walk.tryTo(configs.getAction('action.postSignIn'));
  await walk.ask(dashboard.getTotalUserCount());
  await walk.ask(dashboard.getNewUserCounts());
  await walk.ask(dashboard.getActiveUserCounts());
  await walk.tryTo(api.authn.getHasuraAuth({ resource: 'https://default.logto.app/api', unauthorizedRole: 'guest' }));
}

/** Of each kind the list, and the first of the list: where there is none, it is asked for all the same. */
export async function content(walk: Walk): Promise<void> {
  const { api } = walk;
  const [connector] = await walk.ask(api.connectors.list());
  await walk.tryTo(api.connectors.get(connector?.id ?? NOBODY));
  const [factory] = await walk.ask(api.connectorFactories.list());
  await walk.tryTo(api.connectorFactories.get(factory?.id ?? NOBODY));
  await walk.ask(api.ssoConnectorProviders.list());
  const [sso] = await walk.list(api.ssoConnectors.list());
  await walk.tryTo(api.ssoConnectors.get(sso?.id ?? NOBODY));
  const [domain] = await walk.ask(api.domains.list());
  await walk.tryTo(api.domains.get(domain?.id ?? NOBODY));
  await walk.tryTo(api.domains.listVerificationFiles(domain?.id ?? NOBODY));
  const [phrases] = await walk.ask(api.customPhrases.list());
  await walk.tryTo(api.customPhrases.get((phrases?.languageTag ?? 'en') as LanguageTag));
  const [template] = await walk.ask(api.emailTemplates.list());
  await walk.tryTo(api.emailTemplates.get(template?.id ?? NOBODY));
}

export async function oneTimeTokens(walk: Walk): Promise<void> {
  const tokens = walk.api.oneTimeTokens;
  const email = `${walk.name}@example.com`;
  const token = await walk.make(tokens.add({ email, expiresIn: 60 }), ({ id }) => tokens.delete(id));
  await walk.ask(tokens.get(token.id));
  const listed = await walk.list(tokens.list({ email }));
  walk.expect(
    listed.some(({ id }) => id === token.id),
    'the one-time token is listed',
  );
  const used = await walk.ask(tokens.verify({ token: token.token, email }));
  walk.expect(used.status === 'consumed', 'the one-time token is used up');
  const second = await walk.make(tokens.add({ email }), ({ id }) => tokens.delete(id));
  const revoked = await walk.ask(tokens.replaceStatus(second.id, { status: 'revoked' }));
  walk.expect(revoked.status === 'revoked', 'the one-time token is revoked');
}

export async function profileFields(walk: Walk): Promise<void> {
  const fields = walk.api.customProfileFields;
  const { name } = walk;
  const field = await walk.make(fields.create({ name, type: 'Text', label: 'Life cycle', required: false }), () =>
    fields.deleteByName(name),
  );
  walk.expect(field.name === name, 'the profile field has its name');
  const listed = await walk.ask(fields.list());
  walk.expect(
    listed.some((one) => one.name === name),
    'the profile field is listed',
  );
  await walk.ask(fields.getByName(name));
  const label = 'Life cycle, second half';
  const changed = await walk.ask(
    fields.updateByName(name, { type: 'Text', label, description: 'None', required: false }),
  );
  walk.expect(changed.label === label, 'the profile field is changed');
}
