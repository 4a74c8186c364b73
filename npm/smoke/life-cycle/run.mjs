// Calls every GET of the Management API, and lets users, roles, organizations, applications, resources, scopes, hooks, organization roles, one-time tokens, SAML
// applications and custom profile fields live and die, on the Logto that the LOGTO_* variables name. Each answer is held against the catalogue.
//
//     npm run life-cycle
//
// It changes nothing that is there already, and removes what it made, whatever happens on the way. What it makes is called `life_cycle_…`.
import { createManagementApiFromEnv } from 'logto-management';
import { catalogueFile, lifeCycleModule } from './built.mjs';

const { Catalogue, lifeCycle } = await lifeCycleModule();
const { api, apiClient } = createManagementApiFromEnv();
const { called, refused, unknown, failures } = await lifeCycle(api, Catalogue.read(catalogueFile));
apiClient.dispose();

console.log(`${called.size} operations were called and their answers looked at`);
for (const line of refused) console.log(`   refused, as it may be here: ${line}`);
for (const line of unknown) console.log(`   newer than this client: ${line}`);
for (const line of failures) console.log(`   FAILED ${line}`);
process.exitCode = failures.length > 0 ? 1 : 0;
