/** How an engine's options cross to the WASM module: `bindings/wasm/src/options.rs` reads them. */
import type { EngineOptions } from './engine.js';

/**
 * Flags in one number, and the rest as text. JSON only where there are variables or options: nothing else of a client that is made, or of its first plain request, is any, and a runtime would have to compile the module's
 * reader for it.
 *
 * @param shared See `Runtime.shared`.
 */
export function optionsText(given: EngineOptions, shared: boolean): [flags: number, text: string] {
  const { tenantId, clientId, clientSecret, baseUrl, apiIndicator, vars, options, testing, getToken, tokenStore } =
    given;
  const fields = [tenantId, clientId, clientSecret, baseUrl, apiIndicator].map((field) =>
    typeof field === 'string' ? `=${field}` : '',
  );
  const json = vars || options ? JSON.stringify({ vars, options }) : '';
  const flags = (shared ? 1 : 0) | (testing ? 2 : 0) | (getToken ? 4 : 0) | (tokenStore ? 8 : 0);
  return [flags, [json, ...fields].join('\0')];
}
