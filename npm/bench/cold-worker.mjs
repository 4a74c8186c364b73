// The first user in an isolate that has done nothing yet, with the client that the query names.
import * as official from '@logto/api/management';
import * as ours from 'logto-management/management';

const packages = { 'logto-management': ours, '@logto/api': official };

export default {
  async fetch(request, env) {
    const name = new URL(request.url).searchParams.get('client');
    const { apiClient } = packages[name].createManagementApi('default', {
      clientId: env.LOGTO_CLIENT_ID,
      clientSecret: env.LOGTO_CLIENT_SECRET,
      apiIndicator: env.LOGTO_API_INDICATOR,
      baseUrl: env.LOGTO_ENDPOINT,
      ...(name === 'logto-management' && { tokenStore: env.TOKENS }),
    });
    const { data } = await apiClient.GET('/api/users', { params: { query: { page_size: 1 } } });
    return data?.length === 1 ? new Response('ok') : new Response('no user', { status: 500 });
  },
};
