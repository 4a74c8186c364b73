// Compiled, not run: the package as a CommonJS program takes it.
import { createManagementApi, unwrap } from 'logto-management';
import management = require('logto-management/management');

const { apiClient } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });

export async function first(): Promise<string> {
    const page = await apiClient.paginate<{ id: string }>('/api/users');
    const user = await unwrap(
        management
            .createManagementApiFromEnv()
            .apiClient.GET('/api/users/{userId}', { params: { path: { userId: 'u1' } } }),
    );
    return page.items[0]?.id ?? user.id;
}
