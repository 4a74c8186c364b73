/** Finds the Node addon. */
import type { Addon } from './native.js';

/** The names that an addon can have on this platform: musl or glibc, only one of them is installed and loads. */
function platforms(): string[] {
  const { platform, arch } = process;
  switch (platform) {
    case 'linux':
      return [`linux-${arch}-gnu`, `linux-${arch}-musl`];
    case 'win32':
      return [`win32-${arch}-msvc`];
    default:
      return [`${platform}-${arch}`];
  }
}

/**
 * The addon, from a checkout's build beside `lib/` or from its platform package; `undefined` where there is none, or it does not load (an old glibc, a sandbox): the WASM engine does the same then.
 *
 * @param load A `require` of the module that asks.
 */
export function loadAddon(load: (id: string) => unknown): Addon | undefined {
  for (const platform of platforms()) {
    for (const id of [`../logto-management.${platform}.node`, `logto-management-${platform}`]) {
      try {
        return load(id) as Addon;
      } catch {
        // The next one.
      }
    }
  }
  return undefined;
}
