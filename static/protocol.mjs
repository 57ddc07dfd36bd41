// The way to protocol.wasm: Go's own RFC 6455 code, called as plain functions.
//
// Arguments are written one after the other into room that `input` makes in the
// module's memory; answers are read from a table of five (address, length)
// pairs. Everything is copied out at once, because the next call may reuse or
// move it. When the memory grows, views of it are detached: the view is taken
// anew whenever its buffer is not the memory's own.

import { started } from "./early.mjs";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const serverSends = 1;
const tcpEnds = 2;
const tableBytes = 40;
/** How many bytes of UTF-8 a UTF-16 code unit takes at most. */
const longestCharacter = 3;

export class Protocol {
  #exports;
  #view = new Uint8Array(0);

  /** The Catalog: all that the page needs to know about the protocol. */
  catalog;

  constructor(exports) {
    this.#exports = exports;
    const { view } = this.#sections(exports.catalog());
    this.catalog = JSON.parse(view);
  }

  /** Takes over the module that early.mjs starts. An error says in `step` what failed. */
  static async load() {
    const { exports, error } = await started;
    if (error) throw error;
    return new Protocol(exports);
  }

  /** Reads notation. */
  read(doc, options) {
    return this.#answer("read", [doc], options);
  }

  /** Carries out one edit operation on a notation. */
  edit(doc, op, options) {
    return this.#answer("edit", [doc, op], options);
  }

  /** Makes drafts of whatever text somebody pasted. */
  paste(text, options) {
    return this.#answer("paste", [text], options);
  }

  /** Makes drafts of captured bytes. */
  recover(bytes, options) {
    return this.#answer("recover", [bytes], options);
  }

  /** Bytes as a literal of the language `id`. */
  literal(id, bytes) {
    return this.#sections(this.#exports.literal(...this.#write([id, bytes]))).doc;
  }

  /** Looks into the compressed message whose first frame begins at byte `at` of one side's bytes. */
  deflate(bytes, at, options) {
    return this.#answer("deflate", [bytes], { ...options, seed: at });
  }

  /** Reads a scenario: what it says and sends (ScenarioView). */
  scenario(text) {
    return this.#read("scenario", text);
  }

  /** Reads a transcript: what it means (TranscriptView). */
  transcript(text) {
    return this.#read("transcript", text);
  }

  #read(name, text) {
    const { view, report, doc, bytes, unmasked } = this.#sections(this.#exports[name](...this.#write([text])));
    return { view: JSON.parse(view), report: report && JSON.parse(report), doc, bytes, unmasked };
  }

  #answer(name, operands, { seed, sender, ended, deflate }) {
    const lengths = this.#write([...operands, deflate]);
    const flags = (sender === "server" ? serverSends : 0) | (ended ? tcpEnds : 0);
    const table = this.#exports[name](...lengths, seed | 0, flags);
    const { view, report, doc, bytes, unmasked } = this.#sections(table);
    const read = JSON.parse(view);
    return { view: read, report: report === "" ? null : JSON.parse(report), reportText: report, doc, bytes, unmasked };
  }

  /**
   * Writes the arguments, strings as UTF-8, and returns their lengths in bytes.
   * Encoding into the memory itself takes a third of the time of a copy on the
   * way. Mostly a character is a byte; if the room does not last, there is enough
   * for any text the second time.
   */
  #write(parts) {
    return this.#place(parts, 1) ?? this.#place(parts, longestCharacter);
  }

  #place(parts, bytesACharacter) {
    const room = (part) => part.length * (typeof part === "string" ? bytesACharacter : 1);
    const total = parts.reduce((sum, part) => sum + room(part), 0);
    let at = this.#exports.input(total) >>> 0;
    if (at === 0) throw new Error(`protocol.wasm: no room for ${total} bytes of input`);
    const memory = this.#memory();
    const lengths = [];
    for (const part of parts) {
      let written = part.length;
      if (typeof part !== "string") memory.set(part, at);
      else {
        const done = encoder.encodeInto(part, memory.subarray(at, at + room(part)));
        if (done.read < part.length) return null;
        ({ written } = done);
      }
      at += written;
      lengths.push(written);
    }
    return lengths;
  }

  #sections(table) {
    const at = table >>> 0;
    if (at === 0) throw new Error("protocol.wasm: the call failed inside the module, expected an answer");
    const memory = this.#memory();
    const words = new DataView(memory.buffer, at, tableBytes);
    const section = (index) => {
      const start = words.getUint32(index * 8, true);
      return memory.subarray(start, start + words.getUint32(index * 8 + 4, true));
    };
    return {
      view: decoder.decode(section(0)),
      report: decoder.decode(section(1)),
      doc: decoder.decode(section(2)),
      bytes: section(3).slice(),
      unmasked: section(4).slice(),
    };
  }

  #memory() {
    const { buffer } = this.#exports.mem;
    if (this.#view.buffer !== buffer) this.#view = new Uint8Array(buffer);
    return this.#view;
  }
}
