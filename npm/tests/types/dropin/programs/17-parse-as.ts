// Answers as text, bytes, blobs and streams.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function metadata(id: string): Promise<string> {
  const { data } = await apiClient.GET('/api/saml-applications/{id}/metadata', {
    params: { path: { id } },
    parseAs: 'text',
  });
  const text: string | undefined = data;
  return text ?? '';
}

export async function raw(): Promise<[number, number]> {
  const bytes = await apiClient.GET('/api/users', { parseAs: 'arrayBuffer' });
  const blob = await apiClient.GET('/api/users', { parseAs: 'blob' });
  const buffer: ArrayBuffer | undefined = bytes.data;
  const size: number | undefined = blob.data?.size;
  return [buffer?.byteLength ?? 0, size ?? 0];
}

export async function pipe(sink: WritableStream): Promise<void> {
  const { data } = await apiClient.GET('/api/logs', { parseAs: 'stream', params: { query: { page_size: 100 } } });
  await data?.pipeTo(sink);
}

export async function json() {
  const { data } = await apiClient.GET('/api/users/{userId}', {
    params: { path: { userId: 'u1' } },
    parseAs: 'json',
  });
  return data?.primaryEmail;
}
