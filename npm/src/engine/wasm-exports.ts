/** What the WASM module exports: `bindings/wasm/src/exports.rs`. */
export interface Exports {
  memory: WebAssembly.Memory;
  buffer(length: number): number;
  create(host: number, flags: number, text: number, length: number): number;
  dispose(engine: number): void;
  send(
    engine: number,
    call: number,
    text: number,
    length: number,
    body: number,
    bodyLength: number,
    sentBefore: number,
  ): void;
  permit(engine: number): number;
  token(engine: number, call: number): void;
  observe(engine: number, on: number): void;
  list(engine: number, text: number, length: number): number;
  next(pager: number, call: number): void;
  cursor(pager: number): void;
  leave(pager: number): void;
  resume(key: number, number: number, text: number, length: number, body: number, bodyLength: number): void;
  cancel(call: number): void;
  phrase(status: number): void;
  names(): void;
}
