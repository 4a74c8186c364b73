/**
 * The runtime's `Request` and `Response`, taken up with the first client. To name one of them makes Node load its fetch, which takes more time and memory than all else that importing this package does.
 *
 * A class that extends one of these has no base until then: {@link adopt} gives it.
 */
export const LaterRequest = class {} as unknown as typeof Request;
export const LaterResponse = class {} as unknown as typeof Response;

/** Puts a class, of which there is no instance yet, over its base. */
export function adopt(own: { prototype: object }, base: { prototype: object }): void {
  Object.setPrototypeOf(own, base);
  Object.setPrototypeOf(own.prototype, base.prototype);
}
