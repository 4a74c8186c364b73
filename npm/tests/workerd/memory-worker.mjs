// One isolate, many calls, and what they leave of the module's memory. There is no network: this is about the module.
import { instances } from './memory-watch.mjs';
import { createManagementApi } from 'logto-management';

const json = (value) => new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });
const user = { id: 'u1', name: 'x'.repeat(500) };

async function answer(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/oidc/token') {
    return json({ access_token: 't', expires_in: 3600, token_type: 'Bearer', scope: 'all' });
  }
  if (pathname.endsWith('/missing')) {
    return new Response('{"code":"entity.not_found","message":"No such user"}', {
      status: 404,
      headers: { 'content-type': 'application/json' },
    });
  }
  if (pathname.endsWith('/broken')) {
    throw new TypeError('The network is gone');
  }
  return json(pathname === '/api/users' ? [user] : user);
}

let api;

/** Calls of all sorts, ten at a time. */
async function ten() {
  const { apiClient } = api;
  const byId = (userId) => apiClient.GET('/api/users/{userId}', { params: { path: { userId } } });
  await Promise.all([
    ...['a', 'b', 'c', 'd', 'e', 'missing'].map(byId),
    byId('broken').catch(() => undefined),
    apiClient.POST('/api/users', { body: { name: 'y'.repeat(3000) } }),
    apiClient.GET('/api/users', { params: { query: { search: '%é%' } } }),
    apiClient.paginate('/api/users'),
  ]);
}

export default {
  async fetch(request) {
    api ??= createManagementApi('default', {
      clientId: 'id',
      clientSecret: 's3cret',
      baseUrl: 'http://logto.local',
      retries: 0,
      onWarning() {},
      fetch: answer,
    });
    const calls = Number(new URL(request.url).searchParams.get('calls'));
    for (let made = 0; made < calls; made += 10) {
      await ten();
    }
    return Response.json({ instances: instances.length, bytes: instances.at(-1).exports.memory.buffer.byteLength });
  },
};
