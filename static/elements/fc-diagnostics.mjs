// A card for each broken rule, worst first: what was found, what the RFC asks,
// what a strict receiver answers, where, and the action that mends it. Pointing
// at a card, or focusing something in it, lights its bits in every view.

import { Part, count, h, resize, setShown, setText } from "../dom.mjs";
import { draftAt, fieldAt } from "../reading.mjs";
import { levels, makeCard, paintCard } from "./rule-card.mjs";

const firstCards = 12;
const moreCards = 100;

class Diagnostics extends Part {
  #limit = firstCards;
  #order = [];

  build() {
    this.total = h("span", { className: "muted" }, "");
    this.list = h("ol", { className: "cards", "aria-label": "Broken rules, worst first" });
    this.none = h("p", { className: "muted cards-none" }, "Nothing to mend.");
    this.more = h("button", { type: "button", className: "small", onclick: () => this.#more() }, "");
    this.append(h("header", { className: "part-head" }, h("h2", {}, "Broken rules"), this.total), this.list, this.none, this.more);
    const light = (event) => {
      const card = event.target.closest?.("li");
      if (card?.diagnostic) this.#light(card.diagnostic);
    };
    this.list.addEventListener("pointerover", light);
    this.list.addEventListener("focusin", light);
    this.list.addEventListener("pointerleave", () => this.intend({ do: "light", field: null }));
    this.list.addEventListener("focusout", () => this.intend({ do: "light", field: null }));
  }

  paint(state, before) {
    if (before?.report === state.report && before.view === state.view) return;
    const { diagnostics, diagnosticCount, verdict } = state.report;
    this.#order = diagnostics.map((_, index) => index).sort((a, b) => rank(diagnostics, verdict, a) - rank(diagnostics, verdict, b) || a - b);
    const shown = Math.min(this.#order.length, this.#limit);
    const cards = resize(this.list, shown, () => this.#makeCard());
    for (let slot = 0; slot < shown; slot++) this.#paintCard(cards[slot], this.#order[slot]);
    setText(this.total, diagnosticCount > 0 ? String(diagnosticCount.toLocaleString("en")) : "");
    setShown(this.list, shown > 0);
    setShown(this.none, shown === 0);
    const left = this.#order.length - shown;
    setShown(this.more, left > 0);
    setText(this.more, `Show ${count(Math.min(left, moreCards), "more", "more")}${diagnosticCount > diagnostics.length ? ` of ${diagnosticCount.toLocaleString("en")}` : ""}`);
  }

  #makeCard() {
    return makeCard({ show: (event) => this.#show(event), mend: (event) => this.#mend(event) });
  }

  #paintCard(card, index) {
    const { report, view, catalog } = this.state;
    const diagnostic = report.diagnostics[index];
    card.index = index;
    paintCard(card, {
      diagnostic,
      rule: catalog.rules.find(({ id }) => id === diagnostic.rule),
      where: whereText(view, diagnostic),
      mend: view.mends[index] ?? null,
    });
  }

  #light({ bit, bits, rule }) {
    const name = fieldAt(this.state.report, bit)?.name ?? "";
    this.intend({ do: "light", field: { bit, bits: Math.max(1, bits), name, rule } });
  }

  #show(event) {
    const { diagnostic } = event.currentTarget.closest("li");
    this.intend({ do: "select", index: draftAt(this.state.view, diagnostic.bit >> 3) });
    this.#light(diagnostic);
  }

  #mend(event) {
    const card = event.currentTarget.closest("li");
    const words = card.parts.mend.textContent;
    this.intend({ do: "edit", op: `mend ${card.index}` });
    if (!this.state.error) this.intend({ do: "announce", text: `Done: ${words}.` });
    // The card may be gone with the focus in it.
    if (card.isConnected && !card.parts.mend.hidden) return;
    const next = this.list.querySelector("button.small:not([hidden])");
    if (next) next.focus();
    else this.intend({ do: "focus", pane: "judge" });
  }

  #more() {
    this.#limit += moreCards;
    this.paint(this.state, null);
  }
}

function rank(diagnostics, verdict, index) {
  if (index === verdict.diagnostic) return -1;
  const { statusCode, level } = diagnostics[index];
  return (statusCode === null ? 10 : 0) + Math.max(0, levels.indexOf(level));
}

function whereText(view, { bit, bits }) {
  const draft = draftAt(view, bit >> 3);
  const from = bit - (view.drafts[draft]?.start ?? 0) * 8;
  const place = bits > 1 ? `bits ${from.toLocaleString("en")}–${(from + bits - 1).toLocaleString("en")}` : `bit ${from.toLocaleString("en")}`;
  return `frame ${draft + 1}, ${place}`;
}

customElements.define("fc-diagnostics", Diagnostics);
