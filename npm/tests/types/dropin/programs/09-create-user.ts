// Sign-up from a form, with every kind of key.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

interface Form {
  email?: string;
  username?: string;
  password?: string;
  marketing: boolean;
}

export async function signUp({ email, username, password, marketing }: Form): Promise<string> {
  const { data, error } = await apiClient.POST('/api/users', {
    body: {
      ...(email && { primaryEmail: email }),
      ...(username && { username }),
      ...(password && { password }),
      name: username ?? 'New user',
      customData: { marketing, nested: { list: [1, 2, 3], nothing: null } },
      profile: { locale: 'de', address: { country: 'DE' } },
    },
  });
  if (!data) {
    throw new Error(`not created: ${JSON.stringify(error)}`);
  }
  const created: Date = new Date(data.createdAt);
  console.log(created.toISOString(), data.isSuspended, data.customData['marketing']);
  return data.id;
}

export async function importUser(digest: string): Promise<boolean> {
  const { response } = await apiClient.POST('/api/users', {
    body: { username: 'imported', passwordDigest: digest, passwordAlgorithm: 'Bcrypt' },
  });
  return response.ok;
}
