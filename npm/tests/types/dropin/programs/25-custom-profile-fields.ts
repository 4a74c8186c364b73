// Bodies that are one of several types, told apart by text that comes from elsewhere.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export const select = (name: string, values: string[]) =>
  apiClient.POST('/api/custom-profile-fields', {
    body: { name, type: 'Select', required: true, config: { options: values.map((value) => ({ value })) } },
  });

export const text = (name: string, type: string, required: boolean) =>
  apiClient.POST('/api/custom-profile-fields', { body: { name, type, required } });

export const batch = (names: string[]) =>
  apiClient.POST('/api/custom-profile-fields/batch', {
    body: names.map((name) => ({ name, type: 'Text', required: false, config: { placeholder: name } })),
  });

export async function factor(userId: string, type: string) {
  const { data } = await apiClient.POST('/api/users/{userId}/mfa-verifications', {
    params: { path: { userId } },
    body: { type },
  });
  return data?.type;
}
