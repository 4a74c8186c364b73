// Uploads, with a serialiser of one's own.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

const toForm = (body: { file?: unknown } | undefined) => {
  const form = new FormData();
  form.append('file', body?.file as Blob);
  return form;
};

export async function avatar(file: Blob): Promise<string | undefined> {
  const { data, error } = await apiClient.POST('/api/user-assets', {
    body: { file },
    bodySerializer: (body) => toForm(body),
  });
  if (error) {
    return undefined;
  }
  return data?.url;
}

export async function ui(zip: Blob): Promise<string | undefined> {
  const form = new FormData();
  form.append('file', zip, 'ui.zip');
  const { data } = await apiClient.POST('/api/sign-in-exp/default/custom-ui-assets', {
    body: {},
    bodySerializer: () => form,
  });
  return data?.customUiAssetId;
}
