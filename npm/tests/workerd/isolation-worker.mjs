// One client for the isolate, many requests.
import { createManagementApiFromEnv } from 'logto-management';

let api;

export default {
  async fetch(request, env) {
    api ??= createManagementApiFromEnv(env, { timeoutMs: 5000 });
    const userId = new URL(request.url).pathname.slice(1);
    const { data, error } = await api.apiClient.GET('/api/users/{userId}', { params: { path: { userId } } });
    return Response.json({ data, error });
  },
};
