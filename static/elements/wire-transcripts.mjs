// What was played in this page so far: when, against what, and how it ended. One
// of them is shown; choosing another one shows that again.

import { h, resize, setAttribute, setShown, setText } from "../dom.mjs";
import { WirePart } from "../wire/wire-part.mjs";
import { verdictOf } from "./wire-verdict.mjs";

const signs = { legal: "✓", noted: "!", fails: "✗", waits: "…", none: "·" };

class Transcripts extends WirePart {
  build() {
    this.count = h("span", { className: "muted mono" }, "");
    this.clear = h("button", { type: "button", className: "quiet small", onclick: () => this.intend({ do: "forget" }) }, "Clear");
    this.empty = h("p", { className: "muted" }, "The conversations that you play are kept here until the page goes.");
    this.list = h("ol", { className: "plays", "aria-label": "Transcripts, newest first", onclick: (event) => this.#clicked(event) });
    this.append(h("header", { className: "exchange-bar" }, h("h2", {}, "Transcripts"), this.count, this.clear), this.list, this.empty);
  }

  paint(state, before) {
    if (before?.plays === state.plays && before.shown === state.shown) return;
    const { plays, shown } = state;
    setShown(this.empty, plays.length === 0);
    setShown(this.list, plays.length > 0);
    setShown(this.clear, plays.length > 0);
    setText(this.count, plays.length > 0 ? String(plays.length) : "");
    const items = resize(this.list, plays.length, () => {
      const parts = ["play-sign", "play-time mono muted", "play-against mono", "play-outcome", "play-story muted"].map((className) => h("span", { className }, ""));
      return Object.assign(h("li", {}, h("button", { type: "button", className: "play-entry" }, parts)), { parts });
    });
    plays.forEach((play, index) => {
      const item = items[index];
      item.play = play;
      const { outcome, says, why } = verdictOf({ shown: play, play: { phase: "idle" } });
      [signs[outcome], play.time, play.target, says, why].forEach((text, part) => setText(item.parts[part], text));
      setAttribute(item, "data-outcome", outcome);
      setAttribute(item.firstChild, "aria-current", shown?.id === play.id ? "true" : null);
    });
  }

  #clicked(event) {
    const item = event.target.closest?.("li");
    if (item) this.intend({ do: "show", id: item.play.id });
  }
}

customElements.define("wire-transcripts", Transcripts);
