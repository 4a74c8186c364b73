// Middleware in all its forms.
import { createManagementApi } from '@logto/api/management';
import type { Middleware } from 'openapi-fetch';

const timings = new Map<string, number>();

const timing: Middleware = {
  onRequest({ id, request, schemaPath, params, options }) {
    timings.set(id, performance.now());
    console.log(request.method, schemaPath, params.path, params.query, options.baseUrl);
    request.headers.set('x-request-source', 'billing');
    return request;
  },
  async onResponse({ id, response }) {
    console.log(response.status, performance.now() - (timings.get(id) ?? 0));
    const { body, ...rest } = response;
    return new Response(body, { ...rest, status: response.status, headers: response.headers });
  },
  onError({ error, schemaPath }) {
    return new Error(`${schemaPath} failed`, { cause: error });
  },
};

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });
apiClient.use(timing);
apiClient.use(timing, { onRequest: () => undefined });

export const stop = () => apiClient.eject(timing);
