// Types that programs derive, because the package exports no models.
import { createManagementApi } from '@logto/api/management';
import type { MethodResponse } from 'openapi-fetch';

type Client = ReturnType<typeof createManagementApi>['apiClient'];
type Role = MethodResponse<Client, 'get', '/api/roles'>[number];
type Organization = MethodResponse<Client, 'get', '/api/organizations/{id}'>;

export const label = (role: Pick<Role, 'id' | 'name' | 'description'>): string => `${role.name} (${role.description})`;

export const branding = ({ branding: { logoUrl, favicon } }: Organization): (string | undefined)[] => [
  logoUrl,
  favicon,
];

export async function rolesByName(client: Client): Promise<Record<string, Role>> {
  const { data = [] } = await client.GET('/api/roles');
  return Object.fromEntries(data.map((role) => [role.name, role]));
}
