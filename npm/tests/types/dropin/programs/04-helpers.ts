// The small exports, with the types that they are documented to have.
import { allScope, getBaseUrl, getManagementApiIndicator } from '@logto/api/management';

const scope: 'all' = allScope;
const build: (tenantId: string) => string = getBaseUrl;
const resource: string = getManagementApiIndicator('tenant');

export async function fetchToken(tenant: string, basic: string): Promise<Response> {
  return fetch(`${build(tenant)}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
  });
}
