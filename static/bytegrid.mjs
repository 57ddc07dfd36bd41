// A grid of bytes, hex beside ASCII, that can be walked and typed into. The hex
// view and both payload views are made of it.
//
// Only the rows in sight exist, as a pool that is reused while scrolling: row r
// lives in slot r mod pool, so most of a scroll moves nothing. Painting compares
// each cell with what it showed before and reads no layout; sizes and scroll
// position are kept from events.
//
// The focus stays on the grid itself; aria-activedescendant names the cell under
// the caret. The caret is a byte, one of its two nibbles, and a side (hex or
// ASCII); one place behind the last byte is open for appending.

import { backgroundOf, flag, makeCell, paintCell, spanFlags } from "./bytecells.mjs";
import { h, setAttribute, setText } from "./dom.mjs";
import { fromHex, hexDigits, printable } from "./reading.mjs";

const rowRem = 1.5;
/** Room that a grid of n columns needs, in rem: offset and gaps, then each byte twice. */
const fixedRem = 4;
const columnRem = 1.85;
const columnChoices = [16, 8];
const spareRows = 3;

let grids = 0;

/** What an ASCII cell adds to the name of its byte. */
function spoken(inside, byte) {
  if (!inside) return "as characters";
  return byte > 0x20 && byte < 0x7f ? `character ${printable(byte)}` : byte === 0x20 ? "a space" : "no character";
}

export class ByteGrid {
  #id = `bytes-${++grids}`;
  #options;
  #space = h("div", { className: "bytes-space", role: "presentation" });
  #pool = [];
  #columns = 16;
  #height = 0;
  #scroll = 0;
  #rem = 16;
  #shown = null;
  #caret = { index: 0, nibble: 0, side: "hex" };
  #focused = false;

  /** Typing puts bytes in between instead of over what is there. */
  inserting = false;

  /** What is shown can be walked, but not changed: bytes that went over a wire. */
  fixed = false;

  /**
   * `edit(offset, remove, bytes)` is asked to change bytes, `light(bit, bytes)` gets the
   * bit under pointer or caret (or null), `name(offset)` says what a byte is,
   * `mode()` is told when Insert was pressed.
   */
  constructor(options) {
    this.#options = options;
    this.element = h("div", {
      className: "bytes",
      role: "grid",
      tabindex: "0",
      "aria-label": options.label,
      onscroll: () => this.#scrolled(),
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#paste(event),
      onpointerdown: (event) => this.#pointed(event),
      onpointermove: (event) => this.#hovered(event),
      onpointerleave: () => this.#options.light(null),
      onfocus: () => this.#focus(true),
      onblur: () => this.#focus(false),
    }, this.#space);
    new ResizeObserver(([entry]) => this.#resized(entry.contentRect)).observe(this.element);
  }

  get #editable() {
    return Boolean(this.#options.edit) && !this.fixed;
  }

  get caret() {
    return this.#caret;
  }

  /**
   * Shows `bytes` from `start` to `end`, with a function that maps bits of the
   * crafted bytes to fields: map(bit, count) as mapBits answers.
   */
  show({ bytes, start, end, map, tintOf }) {
    const length = end - start;
    if (this.#caret.index > length) this.#caret = { ...this.#caret, index: length, nibble: 0 };
    this.#shown = { bytes, start, end, length, map, tintOf };
    this.#paint();
  }

  /** Puts the caret on a byte and brings it into sight. */
  go(index, nibble = 0, side = this.#caret.side) {
    const last = this.#editable ? this.#shown.length : Math.max(0, this.#shown.length - 1);
    this.#caret = { index: Math.max(0, Math.min(index, last)), nibble, side };
    this.#reveal();
    this.#paint();
    if (this.#focused) this.#lightCaret();
  }

  get #rowHeight() {
    return this.#rem * rowRem;
  }

  #rows() {
    const places = this.#shown.length + (this.#editable ? 1 : 0);
    return Math.max(1, Math.ceil(places / this.#columns));
  }

  #resized({ width, height }) {
    this.#rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const fits = columnChoices.find((n) => width >= this.#rem * (fixedRem + columnRem * n)) ?? 8;
    this.#height = height;
    if (fits !== this.#columns) {
      this.#columns = fits;
      this.#pool = [];
      this.#space.replaceChildren();
    }
    if (this.#shown) this.#paint();
  }

  #scrolled() {
    this.#scroll = this.element.scrollTop;
    this.#paint();
  }

  #reveal() {
    const row = Math.floor(this.#caret.index / this.#columns);
    const top = row * this.#rowHeight;
    const last = this.#scroll + this.#height - this.#rowHeight;
    if (top < this.#scroll) this.#scroll = top;
    else if (top > last) this.#scroll = Math.max(0, top - this.#height + this.#rowHeight);
    else return;
    // The space has to be as high as the bytes before it can be scrolled.
    this.#space.style.setProperty("height", `${this.#rows() * this.#rowHeight}px`);
    this.element.scrollTop = this.#scroll;
  }

  #paint() {
    const { length } = this.#shown;
    const rows = this.#rows();
    const rowHeight = this.#rowHeight;
    this.#space.style.setProperty("height", `${rows * rowHeight}px`);
    setAttribute(this.element, "aria-readonly", this.#editable ? null : "true");
    setAttribute(this.element, "aria-rowcount", rows);
    setAttribute(this.element, "aria-colcount", 2 * this.#columns + 1);
    const inSight = Math.ceil(this.#height / rowHeight) + 2 * spareRows;
    const scroll = Math.min(this.#scroll, Math.max(0, rows * rowHeight - this.#height));
    const first = Math.max(0, Math.floor(scroll / rowHeight) - spareRows);
    const last = Math.min(rows, first + inSight);
    while (this.#pool.length < Math.min(inSight, rows)) this.#pool.push(this.#makeRow());
    const size = this.#pool.length;
    const map = this.#shown.map(
      (this.#shown.start + first * this.#columns) * 8 - 8,
      (last - first) * this.#columns * 8 + 16,
    );
    const used = new Uint8Array(size);
    for (let row = first; row < last; row++) {
      used[row % size] = 1;
      this.#paintRow(this.#pool[row % size], row, map);
    }
    for (let slot = 0; slot < size; slot++) {
      const { node } = this.#pool[slot];
      if (node.hidden === Boolean(used[slot])) node.hidden = !used[slot];
    }
    const { index, side } = this.#caret;
    const row = Math.floor(index / this.#columns);
    const named = this.#focused && row >= first && row < last && (index < length || this.#editable);
    setAttribute(this.element, "aria-activedescendant", named ? this.#cellId(index, side) : null);
  }

  #cellId(index, side) {
    const slot = Math.floor(index / this.#columns) % this.#pool.length;
    return `${this.#id}-${side}-${slot}-${index % this.#columns}`;
  }

  #makeRow() {
    const slot = this.#pool.length;
    const cell = (side) => (_, column) => makeCell(side, `${this.#id}-${side}-${slot}-${column}`);
    const offset = h("span", { className: "offset", role: "rowheader" });
    const hex = Array.from({ length: this.#columns }, cell("hex"));
    const ascii = Array.from({ length: this.#columns }, cell("ascii"));
    const node = h("div", { className: "bytes-row", role: "row" },
      offset, hex.map((one) => one.node), h("span", { className: "gap", "aria-hidden": "true" }), ascii.map((one) => one.node));
    node.style.setProperty("--columns", this.#columns);
    this.#space.append(node);
    return { node, offset, hex, ascii, row: -1 };
  }

  #paintRow(slot, row, map) {
    const { bytes, start, length } = this.#shown;
    if (slot.row !== row) {
      slot.row = row;
      slot.node.style.setProperty("transform", `translateY(${row * this.#rowHeight}px)`);
      slot.node.setAttribute("aria-rowindex", row + 1);
      setText(slot.offset, (row * this.#columns).toString(16).padStart(4, "0"));
    }
    const firstOfRow = row * this.#columns;
    for (let column = 0; column < this.#columns; column++) {
      const index = firstOfRow + column;
      const inside = index < length;
      const byte = inside ? bytes[start + index] : 0;
      const at = (start + index) * 8 - map.from;
      const caret = index === this.#caret.index;
      let flags = 0;
      let background = "";
      let name = "";
      if (inside) {
        flags = spanFlags(map, at);
        background = backgroundOf(map, at, this.#shown.tintOf);
        name = this.#options.name(index, byte, map.fields[map.field[at]]);
      } else if (this.#editable && index === length) {
        name = "end, type to append";
      }
      paintCell(slot.hex[column], inside ? hexDigits[byte] : "", flags | this.#caretFlags(caret, "hex"), background, name);
      paintCell(slot.ascii[column], inside ? printable(byte) : "", (flags & ~flag.anyBroken) | this.#caretFlags(caret, "ascii"), background, name && `${name}, ${spoken(inside, byte)}`);
    }
  }

  #caretFlags(here, side) {
    if (!here) return 0;
    if (!this.#focused) return 0;
    if (side !== this.#caret.side) return flag.quiet;
    return flag.caret | (side === "hex" && this.#caret.nibble === 1 ? flag.low : 0);
  }

  #focus(focused) {
    this.#focused = focused;
    if (!this.#shown) return;
    this.#paint();
    if (focused) this.#lightCaret();
    else this.#options.light(null);
  }

  #lightCaret() {
    const { index, nibble } = this.#caret;
    this.#options.light(index < this.#shown.length ? (this.#shown.start + index) * 8 + nibble * 4 : null);
  }

  #cellAt(event) {
    const node = event.target.closest?.(".hex, .ascii");
    const slot = node && this.#pool.find((candidate) => candidate.node === node.parentNode);
    if (!slot) return null;
    const side = node.classList.contains("hex") ? "hex" : "ascii";
    const column = slot[side].findIndex((cell) => cell.node === node);
    const index = slot.row * this.#columns + column;
    if (index >= this.#shown.length + (this.#editable ? 1 : 0)) return null;
    const part = Math.max(0, Math.min(7, Math.floor((event.offsetX / node.clientWidth) * 8)));
    return { index, side, part };
  }

  #hovered(event) {
    const cell = this.#cellAt(event);
    if (cell === null || cell.index >= this.#shown.length) this.#options.light(null);
    else this.#options.light((this.#shown.start + cell.index) * 8 + (cell.side === "hex" ? cell.part : 0));
  }

  #pointed(event) {
    const cell = this.#cellAt(event);
    if (cell === null || event.button !== 0) return;
    this.element.focus({ preventScroll: true });
    this.go(cell.index, cell.side === "hex" && cell.part > 3 ? 1 : 0, cell.side);
    event.preventDefault();
  }

  #key(event) {
    if (event.altKey || event.isComposing) return;
    const command = event.ctrlKey || event.metaKey;
    if (this.#walk(event, command) || (!command && this.#editable && this.#type(event))) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #walk({ key }, command) {
    const { index, nibble, side } = this.#caret;
    const page = Math.max(1, Math.floor(this.#height / this.#rowHeight) - 1) * this.#columns;
    const rowStart = index - (index % this.#columns);
    const byNibble = side === "hex" && this.#editable;
    switch (key) {
      case "ArrowLeft":
        if (byNibble && nibble === 1) this.go(index);
        else this.go(index - 1, byNibble && index > 0 ? 1 : 0);
        return true;
      case "ArrowRight":
        if (byNibble && nibble === 0 && index < this.#shown.length) this.go(index, 1);
        else this.go(index + 1);
        return true;
      case "ArrowUp":
        if (index >= this.#columns) this.go(index - this.#columns, nibble);
        return true;
      case "ArrowDown":
        if (index + this.#columns <= this.#shown.length) this.go(index + this.#columns, nibble);
        return true;
      case "Home":
        this.go(command ? 0 : rowStart);
        return true;
      case "End":
        this.go(command ? this.#shown.length : Math.min(rowStart + this.#columns - 1, this.#shown.length));
        return true;
      case "PageUp":
        this.go(index - page);
        return true;
      case "PageDown":
        this.go(index + page);
        return true;
      case "Enter":
        if (command) return false;
        this.go(index, 0, side === "hex" ? "ascii" : "hex");
        return true;
      default:
        return false;
    }
  }

  #type({ key }) {
    const { index, nibble, side } = this.#caret;
    const { length, bytes, start } = this.#shown;
    if (key === "Insert") {
      this.inserting = !this.inserting;
      this.#options.mode?.();
      return true;
    }
    if (key === "Delete") {
      if (index < length) this.#options.edit(index, 1, []);
      this.go(index);
      return true;
    }
    if (key === "Backspace") {
      if (nibble === 1) {
        if (this.inserting) this.#options.edit(index, 1, []);
        this.go(index);
      } else if (index > 0) {
        this.#options.edit(index - 1, 1, []);
        this.go(index - 1);
      }
      return true;
    }
    if ([...key].length !== 1) return false;
    if (side === "ascii") {
      this.#put([...new TextEncoder().encode(key)]);
      return true;
    }
    if (!/^[0-9a-f]$/i.test(key)) return key === " ";
    const digit = parseInt(key, 16);
    if (nibble === 1 && index < length) {
      this.#options.edit(index, 1, [(bytes[start + index] & 0xf0) | digit]);
      this.go(index + 1);
    } else if (this.inserting || index >= length) {
      this.#options.edit(index, 0, [digit << 4]);
      this.go(index, 1);
    } else {
      this.#options.edit(index, 1, [(digit << 4) | (bytes[start + index] & 0x0f)]);
      this.go(index, 1);
    }
    return true;
  }

  /** Whole bytes, over or between what is there. */
  #put(values) {
    const { index } = this.#caret;
    const over = this.inserting ? 0 : Math.min(values.length, this.#shown.length - index);
    this.#options.edit(index, over, values);
    this.go(index + values.length);
  }

  #paste(event) {
    if (!this.#editable) return;
    const text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    if (this.#caret.side === "ascii") {
      this.#put([...new TextEncoder().encode(text)]);
      return;
    }
    const digits = text.replace(/0x|\\x|[\s,:;]/gi, "");
    if (digits === "" || digits.length % 2 || /[^0-9a-f]/i.test(digits)) {
      this.#options.refuse?.("The clipboard holds no hex bytes. The ASCII column takes any text.");
      return;
    }
    this.#put([...fromHex(digits)]);
  }
}
