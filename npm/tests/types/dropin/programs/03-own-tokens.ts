// Tokens from a cache of one's own.
import { createApiClient, type CreateApiClientOptions } from '@logto/api/management';

const cache = new Map<string, { token: string; until: number }>();

async function token(tenant: string): Promise<string> {
  const held = cache.get(tenant);
  if (held && held.until > Date.now()) {
    return held.token;
  }
  const fresh = { token: `token of ${tenant}`, until: Date.now() + 60_000 };
  cache.set(tenant, fresh);
  return fresh.token;
}

export function clientOf(tenant: string) {
  const options: CreateApiClientOptions = {
    baseUrl: `https://${tenant}.logto.app`,
    getToken: async () => token(tenant),
  };
  return createApiClient(options);
}

export type LogtoClient = ReturnType<typeof clientOf>;

export const status = (client: LogtoClient) => client.GET('/api/status');
