// What there is to know: the broken rules of the whole conversation, or the row
// that was chosen, with its bytes. Which views a row gets is decided here; the
// readings come with the state (wire/chosen.mjs makes them).

import { h, setAttribute, setShown, setText } from "../dom.mjs";
import { hasBytes, labelOf, other, placeOf, timeText } from "../wire/rows.mjs";
import { WirePart } from "../wire/wire-part.mjs";

const tabs = [["rules", "Broken rules"], ["row", "Chosen"]];

class Details extends WirePart {
  build() {
    this.tabs = tabs.map(([name, words]) =>
      h("button", { type: "button", role: "tab", id: `details-${name}`, "aria-controls": `details-${name}-panel`, onclick: () => this.intend({ do: "tab", tab: name }) },
        words, h("span", { className: "tab-count mono" }, "")));
    this.bar = h("div", { className: "tabs", role: "tablist", "aria-label": "Details", onkeydown: (event) => this.#key(event) }, this.tabs);
    this.all = document.createElement("wire-rules");
    this.own = document.createElement("wire-rules");
    this.own.setAttribute("data-chosen", "");
    this.heading = h("h2", { className: "row-title" }, "");
    this.back = h("button", { type: "button", className: "icon small", "aria-label": "Row before", title: "Row before (k)", onclick: () => this.intend({ do: "choose-by", by: -1 }) }, "↑");
    this.on = h("button", { type: "button", className: "icon small", "aria-label": "Next row", title: "Next row (j)", onclick: () => this.intend({ do: "choose-by", by: 1 }) }, "↓");
    this.facts = h("p", { className: "row-facts muted" }, "");
    this.toMicroscope = h("button", { type: "button", className: "link row-microscope", onclick: () => this.#toMicroscope() }, "To the compressed message, symbol by symbol");
    this.bits = document.createElement("wire-bits");
    this.head = document.createElement("wire-head");
    this.microscope = document.createElement("wire-microscope");
    this.none = h("p", { className: "muted" }, "Choose a row of the conversation to see its bytes.");
    this.row = h("div", { className: "row-details" },
      h("header", { className: "row-head" }, this.heading, h("span", { className: "row-walk" }, this.back, this.on)),
      this.facts, this.toMicroscope, this.head, this.bits, this.microscope, this.own);
    this.panels = [
      h("div", { role: "tabpanel", id: "details-rules-panel", "aria-labelledby": "details-rules" }, this.all),
      h("div", { role: "tabpanel", id: "details-row-panel", "aria-labelledby": "details-row" }, this.none, this.row),
    ];
    this.append(this.bar, ...this.panels);
  }

  paint(state) {
    const { shown, chosen, tab, reading } = state;
    const conversation = shown?.conversation ?? null;
    const row = conversation?.rows[chosen] ?? null;
    tabs.forEach(([name], index) => {
      const on = name === tab;
      setAttribute(this.tabs[index], "aria-selected", String(on));
      setAttribute(this.tabs[index], "tabindex", on ? "0" : "-1");
      setShown(this.panels[index], on);
    });
    setText(this.tabs[0].lastElementChild, conversation && conversation.diagnosticCount > 0 ? conversation.diagnosticCount.toLocaleString("en") : "");
    this.all.state = state;
    setShown(this.none, row === null);
    setShown(this.row, row !== null);
    if (row === null) return;
    setText(this.heading, titleOf(row, conversation));
    this.back.disabled = chosen === 0;
    this.on.disabled = chosen === conversation.rows.length - 1;
    setText(this.facts, factsOf(row));
    this.own.state = state;
    setShown(this.own, row.diagnostics > 0);
    const isHead = row.kind === "head" && reading?.head;
    const isFrame = hasBytes(row) && Boolean(reading?.frame);
    setShown(this.head, Boolean(isHead));
    setShown(this.bits, isFrame);
    setShown(this.microscope, Boolean(reading?.microscope));
    setShown(this.toMicroscope, Boolean(reading?.microscope));
    if (isHead) this.head.state = reading.head;
    if (isFrame) this.bits.state = reading.frame;
    if (reading?.microscope) this.microscope.state = reading.microscope;
  }

  /** The microscope stands below all views of the frame's bits, which may be long. */
  #toMicroscope() {
    this.microscope.scrollIntoView({ block: "start" });
    this.microscope.symbols.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const to = tabs[1 - tabs.findIndex(([name]) => name === this.state.tab)][0];
    this.intend({ do: "tab", tab: to });
    this.tabs[tabs.findIndex(([name]) => name === to)].focus();
  }
}

function titleOf(row, { rows }) {
  const { name } = labelOf(row);
  if (row.kind === "frame") return `${name} frame, ${row.side} ${placeOf(row, rows)}`;
  if (row.kind === "head") return row.side === "client" ? "Request" : "Response";
  if (row.kind === "expect") return `Expectation of line ${row.line}`;
  return row.side ? `${name}, ${row.side}` : name;
}

/** When, how long it took, and what the row says that no other view does. */
function factsOf(row) {
  const facts = [`at ${timeText(row.at)}`];
  if (row.until > row.at) facts.push(`whole at ${timeText(row.until)}`);
  switch (row.kind) {
    case "frame":
    case "bytes":
      facts.push(`bytes ${row.start.toLocaleString("en")} to ${(row.end - 1).toLocaleString("en")} of what the ${row.side} sent`);
      break;
    case "end":
      facts.push(`the ${row.side} sends no more; the ${other(row.side)} may go on`);
      break;
    case "reset":
      facts.push(`the ${row.side} broke the connection off: TCP sent RST, and what was under way is lost`);
      break;
    case "expect":
      facts.push(row.met ? "met" : "not met");
      break;
  }
  if (row.note && row.kind !== "head") facts.push(row.note);
  return `${facts.join(" · ")}.`;
}

customElements.define("wire-details", Details);
