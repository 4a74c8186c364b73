// In CommonJS.
const { createManagementApiFromEnv, engineKind } = require('logto-management/management');

async function main() {
    const { apiClient } = createManagementApiFromEnv();
    const first = await apiClient.paginate('/api/users');
    const ids = new Set();
    for await (const user of apiClient.paginate('/api/users', { concurrency: 4 })) {
        ids.add(user.id);
    }
    console.log(JSON.stringify({ engine: engineKind, users: ids.size, total: first.total, ids_unique: ids.size }));
}

main();
