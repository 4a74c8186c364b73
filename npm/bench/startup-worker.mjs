// A Worker with a client in global scope, as most have one.
import { createManagementApi } from 'logto-management/management';

const { apiClient } = createManagementApi('default', {
  clientId: 'id',
  clientSecret: 'secret',
  baseUrl: 'https://logto.example',
});

export default { fetch: () => new Response(typeof apiClient.GET) };
