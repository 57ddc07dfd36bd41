// One frame in Craft's own views: diagram, form, bytes, payload, field. Given a
// reading of it, they show it; what is lit in one is lit in all of them.
//
// For a frame that went over the wire the bits can be walked and not changed
// (`fixed`). For a step of a scenario they can: what is typed or flipped goes up
// as {do: "frame-edit", op} or {do: "frame-read", doc}.

import { h, setShown } from "../dom.mjs";
import { WirePart } from "../wire/wire-part.mjs";

class Bits extends WirePart {
  #lit = null;

  build() {
    this.notation = document.createElement("fc-notation");
    this.diagram = document.createElement("fc-diagram");
    this.form = document.createElement("fc-form");
    this.hex = document.createElement("fc-hex");
    this.payload = document.createElement("fc-payload");
    this.field = document.createElement("fc-field");
    this.inside = h("div", { className: "craft" }, this.notation, this.diagram, this.form, this.hex, this.payload);
    this.append(this.inside, this.field);
    this.addEventListener("intent", (event) => this.#intent(event));
  }

  /** The state here is the reading alone: {view, report, bytes, unmasked, doc, sender, catalog, error, fixed}. */
  paint(state, before) {
    if (before?.key !== state.key || (state.lit && state.lit !== before.lit)) this.#lit = state.lit ?? null;
    setShown(this.notation, !state.fixed);
    setShown(this.form, !state.fixed);
    this.#hand();
  }

  #hand() {
    const { state } = this;
    if (!state?.report) return;
    const handed = { error: null, ...state, selected: 0, ended: false, lit: this.#lit };
    for (const part of [this.diagram, this.hex, this.payload, this.field]) part.state = handed;
    if (!state.fixed) for (const part of [this.notation, this.form]) part.state = handed;
  }

  #intent(event) {
    const { detail, target } = event;
    if (target === this) return;
    switch (detail.do) {
      case "light":
        if (same(detail.field, this.#lit)) break;
        this.#lit = detail.field ?? null;
        this.#hand();
        break;
      case "edit":
        if (!this.state.fixed) this.intend({ do: "frame-edit", op: detail.op, kind: detail.kind });
        break;
      case "read":
        this.intend({ do: "frame-read", doc: detail.doc, kind: detail.kind });
        break;
      case "dismiss":
        this.intend({ do: "frame-dismiss" });
        break;
      case "select":
        break;
      default:
        return; // the page's own, such as announce
    }
    event.stopPropagation();
  }
}

function same(a, b) {
  return a === b || (a && b && a.bit === b.bit && a.bits === b.bits);
}

customElements.define("wire-bits", Bits);
