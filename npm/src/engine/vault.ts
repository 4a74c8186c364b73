/**
 * Sealing of what a token store keeps, through WebCrypto: the twin of `crates/native/src/seal.rs`, which tells the format. `tests/token-store.json` holds both to the same bytes.
 *
 * It is here and not in the WASM module because every runtime has the ciphers, and the module would carry them to each Worker.
 */
import { storeStep, type TokenStore } from '../store.js';

const PREFIX = 'logto-management:token:1:';
const VERSION = '1.';
const NONCE = 12;

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** What follows from the secret and the binding: the entry's name, and what seals and opens its value. */
export async function derive(
  secret: string,
  binding: string,
): Promise<{
  name: string;
  seal(text: string, nonce?: Uint8Array<ArrayBuffer>): Promise<string>;
  open(value: string): Promise<string | undefined>;
}> {
  const { subtle } = crypto;
  const root = await subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveKey', 'deriveBits']);
  const hkdf = (info: string): HkdfParams => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: encode('logto-management'),
    info: encode(info),
  });
  const [key, name] = await Promise.all([
    subtle.deriveKey(hkdf('token store 1: seal'), root, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]),
    subtle.deriveBits(hkdf(`token store 1: name\n${binding}`), root, 128),
  ]);
  const cipher = (iv: Uint8Array<ArrayBuffer>): AesGcmParams => ({
    name: 'AES-GCM',
    iv,
    additionalData: encode(`logto-management token store 1\n${binding}`),
  });
  return {
    name: PREFIX + Array.from(new Uint8Array(name), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    async seal(text, nonce = crypto.getRandomValues(new Uint8Array(NONCE))) {
      const sealed = new Uint8Array(await subtle.encrypt(cipher(nonce), key, encode(text)));
      return VERSION + btoa(String.fromCharCode(...nonce, ...sealed));
    },
    async open(value) {
      try {
        if (!value.startsWith(VERSION)) {
          return undefined;
        }
        const bytes = Uint8Array.from(atob(value.slice(VERSION.length)), (char) => char.charCodeAt(0));
        return new TextDecoder().decode(await subtle.decrypt(cipher(bytes.slice(0, NONCE)), key, bytes.slice(NONCE)));
      } catch {
        // Not sealed by this client: as if there were nothing.
        return undefined;
      }
    },
  };
}

/** The steps of the core's `TokenVault`, by number (`bindings/wasm/src/vault.rs`). `load` gives the text, `lock` an empty one if it has the lock. */
export async function vaultStep(
  store: TokenStore,
  step: number,
  secret: string,
  binding: string,
  text: string,
  ttlMs: number,
): Promise<string | undefined> {
  const entry = await derive(secret, binding);
  if (step === 0) {
    const value = await storeStep(store, 'get', entry.name, '', 0);
    return value === undefined ? undefined : entry.open(value);
  }
  if (step === 1) {
    return storeStep(store, 'put', entry.name, await entry.seal(text), ttlMs);
  }
  return storeStep(store, step === 2 ? 'lock' : 'unlock', `${entry.name}:lock`, '', ttlMs);
}
