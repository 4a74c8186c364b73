// Paging by hand, by the header that tells the total.
import { createManagementApi } from '@logto/api/management';

type Client = ReturnType<typeof createManagementApi>['apiClient'];

export async function* allRoles(client: Client) {
  for (let page = 1; ; page += 1) {
    const { data, response } = await client.GET('/api/roles', { params: { query: { page, page_size: 100 } } });
    if (!data) {
      throw new Error(response.statusText);
    }
    yield* data;
    const total = Number(response.headers.get('Total-Number'));
    if (page * 100 >= total) {
      return total;
    }
  }
}

export async function names(client: Client): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { id, name, type } of allRoles(client)) {
    const kind: 'User' | 'MachineToMachine' = type;
    found.set(id, `${kind}: ${name}`);
  }
  return found;
}
