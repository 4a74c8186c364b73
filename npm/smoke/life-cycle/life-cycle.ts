/** The whole walk. */
import { ApiError, type Api } from 'logto-management';
import { applications, hooksAndLogs, samlApplications } from './applications.ts';
import { Catalogue } from './fits.ts';
import { organizations } from './organizations.ts';
import { resources, roles, users } from './people.ts';
import { content, oneTimeTokens, profileFields, settings } from './tenant.ts';
import { type Report, Walk } from './walk.ts';

export { Catalogue, Walk };

/** Calls everything, and removes what was made. */
export async function lifeCycle(api: Api, catalogue: Catalogue): Promise<Report> {
  const walk = new Walk(api, catalogue);
  let user: string | undefined;
  try {
    await settings(walk);
    await content(walk);
    const made = await resources(walk);
    user = await users(walk);
    await roles(walk, user, made);
    const application = await applications(walk, user);
    await organizations(walk, user, application, made);
    await samlApplications(walk);
    await hooksAndLogs(walk);
    await oneTimeTokens(walk);
    await profileFields(walk);
  } catch (error) {
    walk.fail(error);
  }
  const report = await walk.finish();
  if (user !== undefined) {
    const left: unknown = await api.users.get(user).catch((error: unknown) => error);
    walk.expect(left instanceof ApiError && left.status === 404, 'the user is gone');
  }
  return report;
}
