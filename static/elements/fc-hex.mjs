// The selected draft's bytes in a grid that can be typed into. What is typed
// becomes a `splice`: nothing else moves, so declared lengths stay as they are
// and may well become wrong, which is the point.

import { ByteGrid } from "../bytegrid.mjs";
import { Part, count, h, setAttribute, setShown, setText } from "../dom.mjs";
import { fieldAt, fieldEntry, hexDigits, litBy, mapBits, toHex } from "../reading.mjs";

class Hex extends Part {
  build() {
    this.grid = new ByteGrid({
      label: "Bytes of the frame, hex and ASCII; type to change them",
      edit: (offset, remove, bytes) => this.#edit(offset, remove, toHex(bytes)),
      light: (bit) => this.intend({ do: "light", field: bit === null ? null : litBy(fieldAt(this.state.report, bit)) }),
      name: (index, byte, field) => `byte ${index}, ${field?.name ?? "not read"}, hex ${hexDigits[byte]}`,
      mode: () => this.#paintMode(),
      refuse: (text) => this.intend({ do: "announce", text }),
    });
    this.length = h("span", { className: "muted mono" }, "");
    this.mode = h("button", { type: "button", className: "small", title: "Insert key", onclick: () => this.#toggle() }, "");
    this.append(
      h("section", { className: "panel bytes-panel", "aria-label": "Hex" },
        h("header", { className: "panel-head" }, h("h2", {}, "Bytes"), this.length, this.mode),
        this.grid.element));
    this.#paintMode();
  }

  paint(state) {
    const draft = state.view.drafts[state.selected];
    const start = draft?.start ?? 0;
    const end = draft?.end ?? 0;
    setText(this.length, count(end - start, "byte"));
    this.grid.fixed = Boolean(state.fixed);
    setShown(this.mode, !state.fixed);
    setAttribute(this.grid.element, "aria-label", state.fixed ? "Bytes of the frame, hex and ASCII" : "Bytes of the frame, hex and ASCII; type to change them");
    this.grid.show({
      bytes: state.bytes,
      start,
      end,
      map: (bit, bits) => mapBits(state, bit, bits),
      tintOf: (name) => fieldEntry(state.catalog, name).tint,
    });
  }

  /** Bytes typed where there is no frame yet become raw bytes. */
  #edit(offset, remove, digits) {
    const { selected, view } = this.state;
    const op = view.drafts[selected] ? `splice ${selected} ${offset} ${remove}\n${digits}` : `add 0\nbytes ${digits}`;
    this.intend({ do: "edit", op, kind: "hex" });
  }

  #toggle() {
    this.grid.inserting = !this.grid.inserting;
    this.#paintMode();
  }

  #paintMode() {
    setText(this.mode, this.grid.inserting ? "Typing inserts" : "Typing overwrites");
    setAttribute(this.mode, "aria-pressed", String(this.grid.inserting));
  }
}

customElements.define("fc-hex", Hex);
