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

/** An addon's file, where a checkout's build puts it beside `lib/`. */
const fileOf = (platform: string): string => `../logto-management.${platform}.node`;

/** The package that it is published in. */
const packageOf = (platform: string): string => `logto-management-${platform}`;

function resolves(load: NodeJS.Require, id: string): boolean {
  try {
    return load.resolve(id) !== '';
  } catch {
    return false;
  }
}

/**
 * Whether there is an addon for this platform. It is not loaded, and looked for where installers put it before Node is asked, whose way takes as long as the rest of this package's import.
 *
 * @param fs Node's, `url` the module that asks, and `load` gives a `require` of that.
 */
export function hasAddon({ existsSync }: typeof import('node:fs'), url: string, load: () => NodeJS.Require): boolean {
  const names = platforms();
  return (
    names.some((name) => [fileOf(name), `../../${packageOf(name)}`].some((path) => existsSync(new URL(path, url)))) ||
    names.some((name) => resolves(load(), packageOf(name)))
  );
}

/** The addon, if there is one that loads: `undefined` also with an old glibc, or in a sandbox. The WASM engine does the same then. */
export function loadAddon(load: NodeJS.Require): Addon | undefined {
  for (const id of platforms().flatMap((name) => [fileOf(name), packageOf(name)])) {
    try {
      return load(id) as Addon;
    } catch {
      // The next one.
    }
  }
  return undefined;
}
