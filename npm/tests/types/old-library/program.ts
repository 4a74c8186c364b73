// Compiled, not run, with a library of TypeScript that knows no `Symbol.dispose`, and without Node's types: the package's declarations must be readable there too.
import { createManagementApi, type ApiClient } from 'logto-management';

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });
export const client: ApiClient = apiClient;
client.dispose();
