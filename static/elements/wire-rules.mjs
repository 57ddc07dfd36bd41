// A card for each rule that the conversation breaks, worst first; its place is a
// button that chooses the row. With `row` set, only the rules broken there.

import { count, h, resize, setShown, setText } from "../dom.mjs";
import { placeOf } from "../wire/rows.mjs";
import { WirePart } from "../wire/wire-part.mjs";
import { levels, makeCard, paintCard } from "./rule-card.mjs";

const firstCards = 20;
const moreCards = 100;

class Rules extends WirePart {
  #limit = firstCards;

  build() {
    this.list = h("ol", { className: "cards", "aria-label": "Broken rules, worst first" });
    this.none = h("p", { className: "muted cards-none" }, "");
    this.more = h("button", { type: "button", className: "small", onclick: () => this.#more() }, "");
    this.append(this.list, this.none, this.more);
  }

  paint(state, before) {
    const { shown, chosen } = state;
    const conversation = shown?.conversation ?? null;
    const only = this.hasAttribute("data-chosen");
    if (before && before.shown === shown && (!only || before.chosen === chosen)) return;
    if (before?.shown !== shown) this.#limit = firstCards;
    const all = conversation?.diagnostics ?? [];
    const some = only ? all.filter(({ row }) => row === chosen) : all.map((one, order) => [one, order]).sort(([a, x], [b, y]) => rank(a) - rank(b) || x - y).map(([one]) => one);
    const cards = resize(this.list, Math.min(some.length, this.#limit), () =>
      makeCard({ show: (event) => this.#show(event.currentTarget.closest("li").diagnostic), mend: null }));
    for (let index = 0; index < cards.length; index++) {
      const diagnostic = some[index];
      paintCard(cards[index], {
        diagnostic,
        rule: state.catalog.rules.find(({ id }) => id === diagnostic.rule),
        where: whereText(conversation, diagnostic),
      });
    }
    setShown(this.list, some.length > 0);
    setShown(this.none, some.length === 0 && !only);
    setText(this.none, conversation ? "No rule was broken." : "What the conversation breaks is listed here once it was played.");
    const left = some.length - cards.length;
    setShown(this.more, left > 0);
    setText(this.more, `Show ${count(Math.min(left, moreCards), "more", "more")}`);
  }

  #show({ row, bit, bits }) {
    this.intend({ do: "choose", index: row, light: { bit, bits: Math.max(1, bits) } });
  }

  #more() {
    this.#limit += moreCards;
    this.paint(this.state, null);
  }
}

function rank({ statusCode, level }) {
  return (statusCode === null ? 10 : 0) + Math.max(0, levels.indexOf(level));
}

/** "server frame 3, bits 8–15": bits count from the beginning of the row's own bytes. */
function whereText({ rows }, { side, row, bit, bits }) {
  const at = rows[row];
  if (!at) return `by the ${side}`;
  const by = at.side && at.side !== side ? `by the ${side}, at ` : "";
  const what = { frame: `${at.side} frame ${placeOf(at, rows)}`, head: at.side === "client" ? "request" : "response" }[at.kind] ?? `${at.side ?? ""} ${at.kind}`;
  if (bits === 0 || at.start === undefined) return by + what;
  const from = bit - at.start * 8;
  const digits = (n) => n.toLocaleString("en");
  const place = at.kind === "head" ? `bytes ${digits(from >> 3)}–${digits((from + bits - 1) >> 3)}` : bits > 1 ? `bits ${digits(from)}–${digits(from + bits - 1)}` : `bit ${digits(from)}`;
  return `${by}${what}, ${place}`;
}

customElements.define("wire-rules", Rules);
