// A Worker in front of Logto's Management API: lists and searches users, a page at a time, and gives them roles.
//
//   GET  /users?search=ann&cursor=…   { items, total, cursor }
//   GET  /users/<id>                  one user
//   POST /users/<id>/roles            { "roleIds": ["…"] } in the body: assigns these roles too
//   GET  /demo                        lists every user and counts them
//   POST /webhook                     takes Logto's webhooks, if they are signed with env.WEBHOOK_SIGNING_KEY
//
// It hands out users, so it asks for a key of its own: `Authorization: Bearer <ACCESS_KEY>`.
import { ApiError, createManagementApiFromEnv, errorOf, verifyWebhookSignature } from 'logto-management';

let api;

/** One client for the isolate: requests share its token and its rate limit, and none waits for another. */
const apiOf = (env) => (api ??= createManagementApiFromEnv(env));

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    try {
      if (url.pathname === '/demo' && (isLocal(url) || (await isAllowed(request, env)))) {
        return Response.json(await countUsers(apiOf(env)));
      }
      if (url.pathname === '/webhook' && request.method === 'POST') {
        return await takeWebhook(request, env);
      }
      if (!(await isAllowed(request, env))) {
        return new Response('Forbidden', { status: 403 });
      }
      const [, first, userId, ...more] = url.pathname.split('/').map(decodeURIComponent);
      switch (first === 'users' && [request.method, userId ? '<id>' : '', ...more].filter(Boolean).join(' ')) {
        case 'GET':
          return Response.json(await somePage(apiOf(env), url.searchParams, request.signal));
        case 'GET <id>':
          return Response.json(await oneUser(apiOf(env), userId));
        case 'POST <id> roles':
          return await assignRoles(apiOf(env), userId, await request.json());
        default:
          return new Response('Not Found', { status: 404 });
      }
    } catch (error) {
      return failed(error);
    }
  },
};

/** Logto sends a webhook again where this fails or takes long, so it does little. Yours may put the event into a queue. */
async function takeWebhook(request, { WEBHOOK_SIGNING_KEY }) {
  const body = await request.arrayBuffer();
  const signature = request.headers.get('logto-signature-sha-256');
  if (!(await verifyWebhookSignature(WEBHOOK_SIGNING_KEY, body, signature))) {
    return new Response('Unauthorized', { status: 401 });
  }
  const { event, hookId } = JSON.parse(new TextDecoder().decode(body));
  console.log(`webhook ${hookId}: ${event}`);
  return Response.json({ event });
}

async function oneUser({ apiClient }, userId) {
  const result = await apiClient.GET('/api/users/{userId}', { params: { path: { userId } } });
  const error = errorOf(result);
  if (error) {
    throw error;
  }
  return result.data;
}

/** Roles that the user has already stay; Logto answers 422 where one of the new ones is among them. */
async function assignRoles({ apiClient }, userId, { roleIds }) {
  const result = await apiClient.POST('/api/users/{userId}/roles', { params: { path: { userId } }, body: { roleIds } });
  const error = errorOf(result);
  if (error) {
    throw error;
  }
  return new Response(null, { status: 204 });
}

/** A page, and the cursor for the next one. */
async function somePage({ apiClient }, query, signal) {
  const search = query.get('search');
  const page = await apiClient.paginate('/api/users', {
    params: { query: search ? { search: `%${search}%` } : {} },
    pageSize: 20,
    cursor: query.get('cursor') ?? undefined,
    signal,
  });
  return { items: page.items, total: page.total ?? null, cursor: page.cursor ?? null };
}

async function countUsers({ apiClient }) {
  const started = Date.now();
  const ids = new Set();
  let users = 0;
  let total = null;
  for await (const page of apiClient.paginate('/api/users', { concurrency: 4 }).pages()) {
    for (const user of page.items) {
      users += 1;
      ids.add(user.id);
    }
    total = page.total ?? null;
  }
  return { door: 'worker', users, total, ids_unique: ids.size, ms: Date.now() - started };
}

/** What a caller may know of a failure; the rest is in the log. */
function failed(error) {
  console.error(error);
  if (error instanceof ApiError && [400, 404, 422].includes(error.status)) {
    return Response.json({ code: error.code, requestId: error.requestId }, { status: error.status });
  }
  if (error instanceof SyntaxError || error instanceof URIError) {
    return new Response('Bad Request', { status: 400 });
  }
  return Response.json({ reason: error?.reason ?? 'unknown', requestId: error?.requestId }, { status: 502 });
}

/** `wrangler dev`, or a test's workerd: not reachable from outside. */
const isLocal = ({ hostname }) => hostname === 'localhost' || hostname === '127.0.0.1' || hostname.endsWith('.local');

/** Whether the caller has the key. Without one nobody gets in. Digests have one length, so comparing them tells nothing by its time. */
async function isAllowed(request, { ACCESS_KEY }) {
  if (!ACCESS_KEY) {
    return false;
  }
  const digest = async (text) => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const [given, wanted] = await Promise.all([
    digest(request.headers.get('authorization') ?? ''),
    digest(`Bearer ${ACCESS_KEY}`),
  ]);
  return given.reduce((differences, byte, at) => differences | (byte ^ wanted[at]), 0) === 0;
}
