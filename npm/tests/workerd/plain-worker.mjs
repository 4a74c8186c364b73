// Plain GETs that follow each other in one request to the Worker, and what they come to. A query says how many, and how long each may take.
import { createManagementApiFromEnv } from 'logto-management';

let api;

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const timeoutMs = Number(searchParams.get('timeoutMs'));
    const { apiClient } = timeoutMs
      ? createManagementApiFromEnv(env, { timeoutMs, retries: 0 })
      : (api ??= createManagementApiFromEnv(env));
    const came = [];
    for (let call = 0; call < Number(searchParams.get('calls')); call += 1) {
      try {
        const { data, response } = await apiClient.GET(pathname, { params: { query: { call } } });
        came.push({ data, status: response.status, type: response.headers.get('content-type') });
      } catch ({ reason }) {
        came.push({ reason });
      }
    }
    return Response.json(came);
  },
};
