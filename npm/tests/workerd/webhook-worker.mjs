// Verifies the cases that it is sent.
import { verifyWebhookSignature } from 'logto-management';

export default {
  async fetch(request) {
    const cases = await request.json();
    const answers = cases.map(async ({ about, key, body, base64, signature }) => {
      const bytes =
        base64 === undefined
          ? new TextEncoder().encode(body)
          : Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      return {
        about,
        text: await verifyWebhookSignature(key, body ?? bytes, signature),
        bytes: await verifyWebhookSignature(key, bytes.buffer, signature),
      };
    });
    return Response.json(await Promise.all(answers));
  },
};
