// Compiled, not run: the union of events covers each that there is, and tells them apart.
import { verifyWebhookSignature, type HookEvent, type WebhookEvent } from 'logto-management';

type Equal<A, B> = [A, B] extends [B, A] ? true : never;
export const every: Equal<WebhookEvent['event'], HookEvent> = true;

export async function handle(request: Request, key: string): Promise<string | undefined> {
  const body = await request.text();
  const signed: boolean = await verifyWebhookSignature(key, body, request.headers.get('logto-signature-sha-256'));
  if (!signed) {
    return undefined;
  }
  const event = JSON.parse(body) as WebhookEvent;
  switch (event.event) {
    case 'PostSignIn':
      // @ts-expect-error a sign-in has no data
      event.data;
      return event.user?.primaryEmail ?? event.application?.name;
    case 'User.Created':
    case 'User.SuspensionStatus.Updated':
      return event.data?.username ?? event.matchedRoute;
    case 'Organization.Created':
      return event.data?.name;
    case 'Organization.Membership.Updated':
      return event.addedUserIds?.join();
    case 'Role.Scopes.Updated':
      return event.data?.[0]?.name;
    case 'Identifier.Lockout':
      return String(event['value']);
    // @ts-expect-error no such event
    case 'Moon.Landed':
      return undefined;
    default:
      return event.hookId + event.createdAt;
  }
}
