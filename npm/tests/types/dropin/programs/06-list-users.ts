// A page of users, shown as a table.
import { createManagementApi } from '@logto/api/management';

interface Row {
  id: string;
  label: string;
  lastSeen: Date | null;
  organizationRoles?: string[];
}

export async function rows(api: ReturnType<typeof createManagementApi>, page: number): Promise<Row[]> {
  const { data, error, response } = await api.apiClient.GET('/api/users', {
    params: { query: { page, page_size: 20 } },
  });
  if (error || !data) {
    throw new Error(`listing failed with ${response.status}`, { cause: error });
  }
  return data.map(({ id, username, primaryEmail, primaryPhone, name, lastSignInAt, profile }) => ({
    id,
    label: name ?? profile.givenName ?? username ?? primaryEmail ?? primaryPhone ?? id,
    lastSeen: lastSignInAt === null ? null : new Date(lastSignInAt),
  }));
}
