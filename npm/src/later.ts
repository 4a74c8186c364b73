/**
 * The runtime's `Request` and `Response`, taken up where the first is needed. To name one of them makes Node load its fetch, which takes more time and memory than all else that importing this package does.
 *
 * A class that extends one of these has no base until then: {@link adopt} gives it.
 */
export const LaterRequest = class {} as unknown as typeof Request;
export const LaterResponse = class {} as unknown as typeof Response;

/** Puts a class, of which there is no instance yet, over its base: once, whatever the program puts in the place of that later. */
export function adopt(own: { prototype: object }, base: { prototype: object }): void {
  const parent: unknown = Object.getPrototypeOf(own);
  if (parent === LaterRequest || parent === LaterResponse) {
    Object.setPrototypeOf(own, base);
    Object.setPrototypeOf(own.prototype, base.prototype);
  }
}
