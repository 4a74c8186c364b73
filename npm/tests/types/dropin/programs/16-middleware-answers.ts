// Middleware that answers by itself: a cache before the network, a stand-in after an error.
import { createApiClient } from '@logto/api/management';

export function cached(baseUrl: string, getToken: () => Promise<string>) {
  const client = createApiClient({ baseUrl, getToken });
  const answers = new Map<string, string>();
  client.use({
    async onRequest({ request }) {
      const held = answers.get(request.url);
      return held === undefined ? undefined : Response.json(JSON.parse(held));
    },
    async onResponse({ request, response }) {
      if (request.method === 'GET' && response.ok) {
        answers.set(request.url, await response.clone().text());
      }
      return undefined;
    },
    onError: async ({ request }) => new Response(answers.get(request.url) ?? 'null', { status: 200 }),
  });
  return client;
}
