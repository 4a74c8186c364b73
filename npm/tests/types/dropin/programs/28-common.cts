// From CommonJS, types only: the official package is an ES module.
import type { CreateApiClientOptions } from '@logto/api/management' with { 'resolution-mode': 'import' };

export async function open(options: CreateApiClientOptions): Promise<string | undefined> {
    const { createApiClient } = await import('@logto/api/management');
    const { data } = await createApiClient(options).GET('/api/roles/{id}', { params: { path: { id: 'r1' } } });
    return data?.name;
}
