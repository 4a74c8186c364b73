// The token, for requests that the client does not know.
import { createManagementApi } from '@logto/api/management';

type Api = ReturnType<typeof createManagementApi>;
type Token = Awaited<ReturnType<Api['clientCredentials']['getAccessToken']>>;

export async function authorization(api: Api): Promise<{ header: string; secondsLeft: number }> {
  const token: Token = await api.clientCredentials.getAccessToken();
  const { value, expiresAt, scope } = token;
  if (scope !== undefined && !scope.split(' ').includes('all')) {
    throw new Error(`only ${scope} was granted`);
  }
  return { header: `Bearer ${value}`, secondsLeft: expiresAt - Math.floor(Date.now() / 1000) };
}
