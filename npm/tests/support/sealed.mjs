// tests/token-store.json through JavaScript: what other doors sealed opens here, and the other way round.
import { onTestingClock } from './testing.mjs';

/** At which every testing clock begins. */
const BEGIN = 1767225600000;

const bytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** What `npm/src/engine/vault.ts` makes of the cases. */
export async function resealed(derive, { sealed, ignored }) {
  const same = sealed.map(async ({ secret, binding, nonce, text, value }) => {
    const entry = await derive(secret, binding);
    return { name: entry.name, value: await entry.seal(text, bytes(nonce)), text: await entry.open(value) };
  });
  const opened = ignored.map(async ({ about, secret, binding, value }) => [
    about,
    (await (await derive(secret, binding)).open(value)) ?? null,
  ]);
  return { same: await Promise.all(same), opened: await Promise.all(opened) };
}

/** The same as the file has it. */
export const expected = ({ sealed, ignored }) => ({
  same: sealed.map(({ name, value, text }) => ({ name, value, text })),
  opened: ignored.map(({ about }) => [about, null]),
});

/** The tokens that clients find in a store which has the file's entries: no request is made. */
export async function tokensFound(api, { sealed }) {
  const alive = sealed.filter(({ text }) => Number(text.split('\n')[0]) > BEGIN);
  return Promise.all(
    alive.map(async ({ secret, binding, name, value, text }) => {
      const [endpoint, clientId, indicator, scope] = binding.split('\n');
      const decode = (part) => decodeURIComponent(part.replaceAll('+', ' '));
      const { clientCredentials, apiClient } = api.createManagementApi('default', {
        clientId: decode(clientId),
        clientSecret: secret,
        baseUrl: endpoint.replace('/oidc/token', ''),
        apiIndicator: decode(indicator),
        scope: decode(scope),
        retries: 0,
        tokenStore: { get: (key) => (key === name ? value : null), put() {} },
        ...onTestingClock(),
      });
      const found = await clientCredentials.getAccessToken();
      apiClient.dispose();
      return [found.value, text.split('\n').at(-1)];
    }),
  );
}
