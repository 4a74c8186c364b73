/**
 * Texts and bodies in the WASM module's memory: numbers cross as they are, these as a place and a length.
 */
import type { Exports } from './wasm-exports.js';

/** A text or a body in the module's memory. */
export type Placed = readonly [place: number, length: number];

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The memory of one instance. */
export class Memory {
  private view = new Uint8Array();

  constructor(private readonly exports: Exports) {}

  /** Puts a text or a body into the module's memory; the export that is given it takes it over. */
  put(given: string | Uint8Array): Placed {
    const bytes = typeof given === 'string' ? encoder.encode(given) : given;
    const place = this.exports.buffer(bytes.length);
    this.bytes(place, bytes.length).set(bytes);
    return [place, bytes.length];
  }

  /** What a place of the module's memory holds, for as long as nobody enters it. */
  bytes(place: number, length: number): Uint8Array<ArrayBuffer> {
    if (this.view.length === 0) {
      // Memory that grew has another buffer, and the old one is empty.
      this.view = new Uint8Array(this.exports.memory.buffer);
    }
    return this.view.subarray(place, place + length) as Uint8Array<ArrayBuffer>;
  }

  /** The text in a place. */
  text(place: number, length: number): string {
    return decoder.decode(this.bytes(place, length));
  }
}
