// The selected draft's payload data twice: as it stands on the wire, and as a
// receiver reads it after unmasking. Both can be typed into. In the unmasked
// grid the payload's length follows (operation `unmasked`). Where the receiver
// unmasks with another key than the draft masked with, the byte is changed on
// the wire instead, so that the receiver reads what was typed.

import { ByteGrid } from "../bytegrid.mjs";
import { Part, count, h, setShown, setText } from "../dom.mjs";
import { fieldAt, fieldEntry, frameAt, fromHex, hexDigits, litBy, mapBits, payloadSpan, toHex } from "../reading.mjs";

class Payload extends Part {
  build() {
    const common = {
      light: (bit) => this.intend({ do: "light", field: bit === null ? null : litBy(fieldAt(this.state.report, bit)) }),
      refuse: (text) => this.intend({ do: "announce", text }),
    };
    this.masked = new ByteGrid({
      ...common,
      mode: () => this.#paintMode(),
      label: "Payload data on the wire, hex and ASCII",
      edit: (offset, remove, bytes) => this.#editWire(offset, remove, bytes),
      name: (index, byte, field) => `payload byte ${index}, ${field?.name ?? "not read"}, on the wire, hex ${hexDigits[byte]}`,
    });
    this.unmasked = new ByteGrid({
      ...common,
      mode: () => this.#paintMode(),
      label: "Payload data unmasked, hex and ASCII",
      edit: (offset, remove, bytes) => this.#editUnmasked(offset, remove, bytes),
      name: (index, byte, field) => `payload byte ${index}, ${field?.name ?? "not read"}, unmasked, hex ${hexDigits[byte]}`,
    });
    this.wireTitle = h("h2", {}, "Payload, masked");
    this.inserts = [this.masked, this.unmasked].map(() => h("span", { className: "inserting mono", hidden: true }, "inserting"));
    this.key = h("span", { className: "muted mono" }, "");
    this.message = h("span", { className: "muted" }, "");
    this.append(
      h("section", { className: "panel bytes-panel", "aria-label": "Payload on the wire" },
        h("header", { className: "panel-head" }, this.wireTitle, this.inserts[0], this.key), this.masked.element),
      h("section", { className: "panel bytes-panel", "aria-label": "Payload unmasked" },
        h("header", { className: "panel-head" }, h("h2", {}, "Payload, unmasked"), this.inserts[1], this.message), this.unmasked.element));
  }

  paint(state) {
    const draft = state.view.drafts[state.selected];
    setShown(this, Boolean(draft));
    const [start, end] = draft ? this.#span(draft) : [0, 0];
    this.start = start;
    const window = {
      start,
      end,
      map: (bit, bits) => mapBits(state, bit, bits),
      tintOf: (name) => fieldEntry(state.catalog, name).tint,
    };
    const frameIndex = frameAt(state.report, draft?.start ?? 0);
    const frame = state.report.frames[frameIndex];
    const key = frame?.maskingKey ?? null;
    setText(this.wireTitle, key === null ? "Payload on the wire" : "Payload, masked");
    setText(this.key, key === null ? "no masking key" : `key ${key}`);
    setText(this.message, this.#messageText(frameIndex));
    setShown(this.message, this.message.textContent !== "");
    this.masked.fixed = this.unmasked.fixed = Boolean(state.fixed);
    this.masked.show({ ...window, bytes: state.bytes });
    this.unmasked.show({ ...window, bytes: state.unmasked });
  }

  #paintMode() {
    [this.masked, this.unmasked].forEach((grid, index) => setShown(this.inserts[index], grid.inserting));
  }

  /** A frame's own payload; for raw bytes, what a receiver takes for payload. */
  #span(draft) {
    if (draft.kind === "frame") return payloadSpan(draft);
    const frame = this.state.report.frames[frameAt(this.state.report, draft.start)];
    if (!frame || frame.start < draft.start) return [draft.start, draft.end];
    return [Math.min(frame.start + frame.headerLength, draft.end), Math.min(frame.end, draft.end)];
  }

  #messageText(frameIndex) {
    const message = this.state.report.messages.find(({ firstFrame, lastFrame }) => frameIndex >= firstFrame && frameIndex <= lastFrame);
    if (!message || frameIndex < 0) return "";
    const inflated = message.compressed ? `, inflates to ${count(message.inflatedLength, "byte")}${message.inflated ? "" : " and no further"}` : "";
    const utf8 = message.utf8 === null ? "" : message.utf8 ? " · UTF-8 ✓" : " · not UTF-8 ✗";
    const parts = message.frameCount > 1 ? ` in ${message.frameCount} frames` : "";
    return `${message.opcodeName}${parts}${inflated}${utf8}`;
  }

  #editWire(offset, remove, bytes) {
    const { selected, view } = this.state;
    if (!view.drafts[selected]) return;
    const at = this.start - view.drafts[selected].start + offset;
    this.intend({ do: "edit", op: `splice ${selected} ${at} ${remove}\n${toHex(bytes)}`, kind: "masked" });
  }

  #editUnmasked(offset, remove, bytes) {
    const { selected, view, report } = this.state;
    const draft = view.drafts[selected];
    if (!draft) return;
    const frame = report.frames[frameAt(report, draft.start)];
    const own = draft.kind === "frame" && draft.cut === 0 && frame?.start === draft.start && frame.maskingKey === (draft.xor ?? draft.key ?? null);
    if (own) {
      this.intend({ do: "edit", op: `unmasked ${selected} ${offset} ${remove}\n${toHex(bytes)}`, kind: "unmasked" });
      return;
    }
    const key = fromHex(frame?.maskingKey ?? "00000000");
    const phase = this.start - (frame ? frame.start + frame.headerLength : this.start) + offset;
    this.#editWire(offset, remove, bytes.map((byte, index) => byte ^ key[(phase + index) & 3]));
  }
}

customElements.define("fc-payload", Payload);
