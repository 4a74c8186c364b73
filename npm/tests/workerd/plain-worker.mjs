// Plain GETs that follow each other in one request to the Worker, and what they come to. A query says how many, and of which path.
import { createManagementApiFromEnv } from 'logto-management';

let api;

export default {
  async fetch(request, env) {
    api ??= createManagementApiFromEnv(env, { timeoutMs: 300, retries: 0 });
    const { pathname, searchParams } = new URL(request.url);
    const came = [];
    for (let call = 0; call < Number(searchParams.get('calls')); call += 1) {
      try {
        const { data, response } = await api.apiClient.GET(pathname, { params: { query: { call } } });
        came.push({ data, status: response.status, type: response.headers.get('content-type') });
      } catch ({ reason }) {
        came.push({ reason });
      }
    }
    return Response.json(came);
  },
};
