// In TypeScript, strict, against the declarations that are published.
import { createManagementApiFromEnv, engineKind, type User } from 'logto-management/management';

const { apiClient } = createManagementApiFromEnv();
const { data, error, response } = await apiClient.GET('/api/users', { params: { query: { page: 1, page_size: 1 } } });
if (error) {
  throw new Error(`${response.status}`);
}
const name: string | null | undefined = data[0]?.name;
const users: User[] = [];
for await (const user of apiClient.paginate('/api/users')) {
  users.push(user);
}
const total = Number(response.headers.get('total-number'));
const ids_unique = new Set(users.map(({ id }) => id)).size;
console.log(JSON.stringify({ engine: engineKind, name, users: users.length, total, ids_unique }));
