// The Worker of `edge.mjs`: runs batches with the client that the query names, within one request.
import * as official from '@logto/api/management';
import * as ours from 'logto-management/management';

const packages = { 'logto-management': ours, '@logto/api': official };
const clients = {};

export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const name = searchParams.get('client');
    const { apiClient } = (clients[name] ??= packages[name].createManagementApi('default', {
      clientId: env.LOGTO_CLIENT_ID,
      clientSecret: env.LOGTO_CLIENT_SECRET,
      apiIndicator: env.LOGTO_API_INDICATOR,
      baseUrl: env.LOGTO_ENDPOINT,
    }));
    const params = { query: { page_size: 20 } };
    const each = Number(searchParams.get('requests')) / Number(searchParams.get('inFlight'));
    const loop = async () => {
      for (let i = 0; i < each; i += 1) {
        const { data, error } = await apiClient.GET('/api/users', { params });
        if (data?.length !== 20) throw new Error(`the call failed: ${JSON.stringify(error)}`);
      }
    };
    await Promise.all(Array.from({ length: Number(searchParams.get('inFlight')) }, loop));
    return new Response('ok');
  },
};
