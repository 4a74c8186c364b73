// Whether memory stays flat: the process's RSS over the first and the last tenth of BENCH_MEMORY_REQUESTS GETs (200,000 unless given), after as many as a tenth to warm up. Run by node.mjs in a process of its own.
import { createManagementApi } from 'logto-management/management';

const { LOGTO_ENDPOINT, LOGTO_CLIENT_ID, LOGTO_CLIENT_SECRET, LOGTO_API_INDICATOR } = process.env;
const requests = Number(process.env.BENCH_MEMORY_REQUESTS ?? 200_000);
const { apiClient } = createManagementApi('default', {
  clientId: LOGTO_CLIENT_ID,
  clientSecret: LOGTO_CLIENT_SECRET,
  apiIndicator: LOGTO_API_INDICATOR,
  baseUrl: LOGTO_ENDPOINT,
});

const SLICES = 100;
const IN_FLIGHT = 32;
const params = { query: { page_size: 20 } };

/** Sends a hundredth of the requests; the RSS then, in MB. */
async function slice() {
  const worker = async () => {
    for (let sent = 0; sent < requests / SLICES / IN_FLIGHT; sent += 1) {
      const { data } = await apiClient.GET('/api/users', { params });
      if (data?.length !== 20) throw new Error('the call failed');
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return process.memoryUsage.rss() / 1e6;
}

const seen = [];
for (let done = -SLICES / 10; done < SLICES; done += 1) {
  const rss = await slice();
  if (done >= 0) seen.push(rss);
}
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const [first, last] = [mean(seen.slice(0, SLICES / 10)), mean(seen.slice(-SLICES / 10))];
console.log(
  JSON.stringify({
    case: 'memory',
    metric: 'rss_mb',
    ours: last,
    peer: 'the first tenth',
    theirs: first,
    ratio: last / first,
  }),
);
