// The main job: an access token, and every user. `cargo xtask demo` runs it; with the LOGTO_* variables set it runs by itself: `node demo.mjs`.
// Prints one JSON line.
import { createManagementApiFromEnv, engineKind } from 'logto-management/management';

const started = performance.now();
const { apiClient } = createManagementApiFromEnv();

let users = 0;
let total = null;
const ids = new Set();
for await (const page of apiClient.paginate('/api/users', { concurrency: 4 }).pages()) {
  for (const user of page.items) {
    users += 1;
    ids.add(user.id);
  }
  total = page.total ?? null;
}

const ms = performance.now() - started;
console.log(JSON.stringify({ door: 'node', engine: engineKind, users, total, ids_unique: ids.size, ms }));
