/**
 * Observability: what the client does, as plain data, for logs, metrics and traces. Nothing secret is in it: no token, no query, no body, and of paths the template alone.
 *
 * Where nobody listens nothing is made. With the native engine events come with the answer of the call they belong to (or of the next one, if it was aborted), each with the moment `at` which it happened.
 */
import type { EventSink } from './engine/engine.js';

/** What all events of requests tell. */
export interface RequestEvent {
  /** When it happened, in milliseconds since 1970. */
  at: number;
  method: string;
  /** The path template, `/api/users/{userId}`; `/oidc/token` for a token request. Never the filled path. */
  route: string;
  /** 1 for the first sending. */
  attempt: number;
}

/** An answer came in, of any status. */
export interface ResponseEvent extends RequestEvent {
  status: number;
  /** Logto's id of the request. */
  requestId?: string;
  /** From sending to the end of the body, in milliseconds. */
  elapsedMs: number;
}

/** A call is tried again after a pause. */
export interface RetryEvent extends RequestEvent {
  /** The pause, in milliseconds. */
  delayMs: number;
  /** Why: the status as text, or `transport.timeout` and the like. */
  reason: string;
}

/** An access token was issued. */
export interface TokenEvent {
  /** When it happened, in milliseconds since 1970. */
  at: number;
  /** The scope granted. */
  scope?: string;
  /** How long it lives, in milliseconds. */
  lifetimeMs: number;
}

/** Functions that are told what the client does. What they throw is ignored; they should be quick. */
export interface Hooks {
  /** A request goes out. */
  onRequest?: ((event: RequestEvent) => void) | undefined;
  /** An answer came in. */
  onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** A call is tried again. */
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** A token was issued. */
  onToken?: ((event: TokenEvent) => void) | undefined;
}

/** A channel of `node:diagnostics_channel`. */
export interface Channel {
  readonly hasSubscribers: boolean;
  publish(event: unknown): void;
}

/** Events by their `type`, and the hook of each. */
const HOOKS = { request: 'onRequest', response: 'onResponse', retry: 'onRetry', token: 'onToken' } as const;

/** Every event, as the channels of Node are named: `logto-management:request` and so on. */
export const EVENT_TYPES = Object.keys(HOOKS) as readonly EventType[];

export type EventType = keyof typeof HOOKS;
export type Channels = Readonly<Record<EventType, Channel>>;

/** Hands events to hooks and channels; `undefined` where neither can ever be. */
export function eventSink(hooks: Hooks, channels: Channels | undefined): EventSink | undefined {
  const hooked = EVENT_TYPES.some((type) => hooks[HOOKS[type]]);
  if (!hooked && !channels) {
    return undefined;
  }
  return {
    get isOpen() {
      return hooked || (channels !== undefined && EVENT_TYPES.some((type) => channels[type].hasSubscribers));
    },
    event(json) {
      const { type, ...event } = JSON.parse(json) as { type: EventType };
      try {
        (hooks[HOOKS[type]] as ((event: unknown) => void) | undefined)?.(event);
      } catch {
        // It was told.
      }
      if (channels?.[type].hasSubscribers) {
        channels[type].publish(event);
      }
    },
  };
}
