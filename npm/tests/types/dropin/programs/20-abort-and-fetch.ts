// Aborting, and a fetch for one call.
import { createManagementApi } from '@logto/api/management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function withDeadline(ms: number) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error('too slow')), ms);
  try {
    return (await apiClient.GET('/api/dashboard/users/total', { signal: controller.signal })).data?.totalUserCount;
  } finally {
    clearTimeout(timer);
  }
}

export const counted = () => {
  let calls = 0;
  const fetchOnce = async (request: Request) => {
    calls += 1;
    return fetch(request);
  };
  return apiClient.GET('/api/users', { fetch: fetchOnce }).then(() => calls);
};
