/** Access tokens for requests of the user's own. */
import type { Engine } from './engine/engine.js';
import { fromEngine } from './errors.js';

/** An access token of the Management API. */
export interface AccessToken {
  value: string;
  /** Seconds since 1970. The server refuses it right then. */
  expiresAt: number;
  /** The scope granted. Absent where the application holds none of what was asked for: every call will then be refused. */
  scope?: string;
}

/** The client credentials of a Management API: its token, cached and shared with the client's own requests. */
export class ClientCredentials {
  readonly #engine: Engine;

  /** @internal */
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * An access token that is good now. Callers at the same time share one token request.
   * @throws {ClientCredentialsError} where the token endpoint refuses, {@link TransportError} where it cannot be reached.
   */
  async getAccessToken(): Promise<AccessToken> {
    try {
      const { value, expiresAt, scope } = await this.#engine.token();
      return { value, expiresAt: Math.floor(expiresAt / 1000), ...(scope !== undefined && { scope }) };
    } catch (failure) {
      throw fromEngine(failure);
    }
  }
}
