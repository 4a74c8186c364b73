// A client made in global scope, where workerd throws on I/O, timers and random numbers.
import { createManagementApi, engineKind } from 'logto-management';

const { apiClient } = createManagementApi('default', {
  clientId: 'm2m-app',
  clientSecret: 'm2m-secret',
  baseUrl: 'http://logto.local',
  apiIndicator: 'https://default.logto.app/api',
  // Whatever the rate limit, it starts full and asks for no time.
  rateLimit: { requests: 200, perMs: 10_000 },
  fetch: (request) => service.fetch(request),
});
let service;

export default {
  async fetch(request, env) {
    service = env.LOGTO;
    const { data } = await apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } });
    return Response.json({ engineKind, data });
  },
};
