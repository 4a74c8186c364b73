// A client made in global scope, where workerd throws on I/O, timers and random numbers.
import { createManagementApi, engineKind } from 'logto-management';

const options = {
  clientId: 'm2m-app',
  clientSecret: 'm2m-secret',
  baseUrl: 'http://logto.local',
  apiIndicator: 'https://default.logto.app/api',
  // Whatever the rate limit, it starts full and asks for no time.
  rateLimit: { requests: 200, perMs: 10_000 },
};
const { apiClient } = createManagementApi('default', { ...options, fetch: (request) => service.fetch(request) });
let service;

const user = (client) => client.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } });

export default {
  async fetch(request, env) {
    service = env.LOGTO;
    const { data } = await user(apiClient);
    // The binding as it is, and its method alone, which workerd refuses to call.
    const { data: binding } = await user(createManagementApi('default', { ...options, fetch: env.LOGTO }).apiClient);
    const { fetch } = env.LOGTO;
    const without = createManagementApi('default', { ...options, retries: 0, fetch }).apiClient;
    const detached = await user(without).catch((error) => error.message);
    return Response.json({ engineKind, data, binding, detached });
  },
};
