/**
 * Webhooks: whether a request comes from Logto, and the types of what it says. Through WebCrypto, which every runtime has; a bundle that does not use it does not carry it.
 */
import type {
  HookEvent,
  Organization,
  OrganizationRole,
  OrganizationScope,
  ResourceScope,
  Role,
  User,
} from './generated/models.js';

/**
 * Whether Logto signed this body: HMAC-SHA256 under the webhook's signing key, compared in constant time.
 *
 * ```ts
 * const body = await request.text();
 * if (!(await verifyWebhookSignature(signingKey, body, request.headers.get('logto-signature-sha-256')))) {
 *   return new Response('Unauthorized', { status: 401 });
 * }
 * const event = JSON.parse(body) as WebhookEvent;
 * ```
 * @param signingKey The webhook's key, as the Console shows it.
 * @param body What arrived, byte for byte: text or bytes, and not what a parser made of them.
 * @param signature The header `logto-signature-sha-256`.
 * @returns `false` for whatever is wrong: no signature, one of another length or that is no hexadecimal, another key, an empty body or key (Logto sends neither, and a key that nobody configured must not let everybody
 * in). It never rejects.
 */
export async function verifyWebhookSignature(
  signingKey: string | null | undefined,
  body: string | ArrayBuffer | ArrayBufferView | null | undefined,
  signature: string | readonly string[] | null | undefined,
): Promise<boolean> {
  try {
    const data = bytesOf(body);
    if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/i.test(signature) || !signingKey || !data?.byteLength) {
      return false;
    }
    const { subtle } = crypto;
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    const key = await subtle.importKey('raw', new TextEncoder().encode(signingKey), hmac, false, ['verify']);
    const expected = Uint8Array.from({ length: 32 }, (_, at) => parseInt(signature.slice(2 * at, 2 * at + 2), 16));
    return await subtle.verify(hmac, key, expected, data);
  } catch {
    // What nobody could have signed.
    return false;
  }
}

/** A copy, since memory that others share is none that WebCrypto takes. */
function bytesOf(body: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof body === 'string') {
    return new TextEncoder().encode(body);
  }
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  }
  // An ArrayBuffer of another realm is no instance of this one's.
  return Object.prototype.toString.call(body) === '[object ArrayBuffer]'
    ? new Uint8Array((body as ArrayBuffer).slice(0))
    : undefined;
}

/** What every event says. A newer Logto may say more. */
export interface WebhookCommon<Event extends string> {
  /** The webhook that sends it. */
  hookId: string;
  event: Event;
  /** When it happened, as in ISO 8601. */
  createdAt: string;
  /** The caller's program. */
  userAgent?: string;
  /** Of a user's interaction. */
  interactionEvent?: 'SignIn' | 'Register' | 'ForgotPassword' | (string & {});
  sessionId?: string;
  applicationId?: string;
}

/** A user, as events tell of one. */
export type WebhookUser = Partial<User> & { id: string };

/** An application, as events tell of one. */
export interface WebhookApplication {
  id: string;
  type?: 'Native' | 'SPA' | 'Traditional' | 'MachineToMachine' | 'Protected' | 'SAML' | (string & {});
  name?: string;
  description?: string | null;
}

/** Somebody registered, signed in or reset a password. */
export interface WebhookInteractionEvent extends WebhookCommon<Extract<HookEvent, `Post${string}`>> {
  /** The user's address. */
  userIp?: string;
  userId?: string;
  user?: WebhookUser;
  application?: WebhookApplication;
}

/** Something was made, changed or deleted: by a user, or through the Management API, which the members from `path` on are of. */
export interface WebhookDataEvent<Event extends string, Data> extends WebhookCommon<Event> {
  /** What it is now; nothing where it was deleted. */
  data?: Data | null;
  /** The caller's address. */
  ip?: string;
  path?: string;
  method?: string;
  status?: number;
  params?: { [name: string]: unknown };
  /** The template of `path`. */
  matchedRoute?: string;
}

/** Something was refused: too many attempts, messages or grants. What of it there is to say depends on the event. */
export interface WebhookExceptionEvent<Event extends string> extends WebhookCommon<Event> {
  /** The caller's address. */
  userIp?: string;
  [member: string]: unknown;
}

/** The events of a subject: `User.Created` and its like. */
type Of<Subject extends string> = Extract<HookEvent, `${Subject}.${string}`>;

/** The body of a webhook's request; `event` tells what the rest is. */
export type WebhookEvent =
  | WebhookInteractionEvent
  | WebhookDataEvent<Of<'User'>, WebhookUser>
  | WebhookDataEvent<Exclude<Of<'Role'>, 'Role.Scopes.Updated'>, Partial<Role> & { id: string }>
  | WebhookDataEvent<'Role.Scopes.Updated', Partial<ResourceScope>[]>
  | WebhookDataEvent<Of<'Scope'>, Partial<ResourceScope> & { id: string }>
  | WebhookDataEvent<
      Exclude<Of<'Organization'>, 'Organization.Membership.Updated'>,
      Partial<Organization> & { id: string }
    >
  | WebhookMembershipEvent
  | WebhookDataEvent<
      Exclude<Of<'OrganizationRole'>, 'OrganizationRole.Scopes.Updated'>,
      Partial<OrganizationRole> & { id: string }
    >
  | WebhookDataEvent<'OrganizationRole.Scopes.Updated', Partial<OrganizationScope>[]>
  | WebhookDataEvent<Of<'OrganizationScope'>, Partial<OrganizationScope> & { id: string }>
  | WebhookExceptionEvent<Of<'Identifier' | 'Message' | 'Grant'>>;

/** Who belongs to an organization changed. */
export interface WebhookMembershipEvent extends WebhookDataEvent<'Organization.Membership.Updated', unknown> {
  organizationId?: string;
  /** At most 5,000; more are left out. */
  addedUserIds?: string[];
  removedUserIds?: string[];
  addedApplicationIds?: string[];
  removedApplicationIds?: string[];
}
