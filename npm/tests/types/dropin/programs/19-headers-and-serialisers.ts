// What a call may set for itself.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export const german = () => apiClient.GET('/api/roles', { headers: { 'Accept-Language': 'de', 'x-debug': null } });

export const several = () =>
  apiClient.GET('/api/users', {
    headers: new Headers([['x-trace', '1']]),
    querySerializer: { array: { style: 'form', explode: true }, object: { style: 'deepObject', explode: true } },
  });

export const own = () =>
  apiClient.GET('/api/users', {
    params: { query: { page: 2 } },
    querySerializer: (query) => `page=${query.page ?? 1}&search=%25a%25`,
  });

export const elsewhere = () => apiClient.GET('/api/hooks', { baseUrl: 'https://other.example.com', cache: 'no-store' });

export const plain = () =>
  apiClient.POST('/api/roles', {
    body: { name: 'Admin', description: 'May do anything' },
    bodySerializer: (body) => JSON.stringify(body),
  });
