/**
 * Texts and bodies in the WASM module's memory: numbers cross as they are, these as a place and a length. Short ones go in through a place that is always the same, which spares a crossing and a piece of memory for each.
 */
import type { Exports } from './wasm-exports.js';

/** A text or a body in the module's memory. */
export type Placed = readonly [place: number, length: number];

/** `ROOM` of `bindings/wasm/src/host.rs`. */
const ROOM = 8192;
/** Shorter texts are read byte by byte: less than what a call of the decoder costs. */
const SHORT = 32;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The memory of one instance. */
export class Memory {
  #memory = new Uint8Array();
  #room = new Uint8Array();

  constructor(private readonly exports: Exports) {}

  /**
   * Puts a text or a body into the module's memory; the export that is given it takes it over.
   * @param used How much of the place for short texts is taken: by the text that goes in with it.
   */
  put(given: string | Uint8Array, used = 0): Placed {
    const isText = typeof given === 'string';
    // No character takes more than three bytes.
    if (used + given.length * (isText ? 3 : 1) <= ROOM) {
      this.#look();
      const place = this.#room.byteOffset + used;
      const room = used === 0 ? this.#room : this.#room.subarray(used);
      if (isText) {
        return [place, encoder.encodeInto(given, room).written];
      }
      room.set(given);
      return [place, given.length];
    }
    const bytes = isText ? encoder.encode(given) : given;
    const place = this.exports.buffer(bytes.length);
    this.bytes(place, bytes.length).set(bytes);
    return [place, bytes.length];
  }

  /** Memory that grew has another buffer, and the old one is empty. */
  #look(): void {
    if (this.#memory.length === 0) {
      const { buffer } = this.exports.memory;
      this.#memory = new Uint8Array(buffer);
      this.#room = new Uint8Array(buffer, this.exports.room(), ROOM);
    }
  }

  /** What a place of the module's memory holds, for as long as nobody enters it. */
  bytes(place: number, length: number): Uint8Array<ArrayBuffer> {
    this.#look();
    return this.#memory.subarray(place, place + length) as Uint8Array<ArrayBuffer>;
  }

  /** The text in a place. */
  text(place: number, length: number): string {
    this.#look();
    if (length < SHORT) {
      let text = '';
      for (let at = place; at < place + length; at += 1) {
        const byte = this.#memory[at] as number;
        if (byte > 127) {
          return decoder.decode(this.bytes(place, length));
        }
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return decoder.decode(this.bytes(place, length));
  }
}
