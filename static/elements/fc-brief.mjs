// <fc-brief>: the verdict and Send in one line at the bottom of narrow windows,
// where both of them are a long way below the draft. The style sheet shows it
// only there. While the exchange's own Send is in view it steps aside.

import { Part, count, h, setAttribute, setText } from "../dom.mjs";
import { outcomeOf, sentence, signs } from "./fc-verdict.mjs";

class Brief extends Part {
  build() {
    this.sign = h("span", { className: "brief-sign", "aria-hidden": "true" }, "");
    this.says = h("span", { className: "brief-says" }, "");
    this.broken = h("span", { className: "brief-broken" }, "");
    this.judge = h("button", { type: "button", className: "brief-verdict quiet", title: "To the verdict", onclick: () => this.#toVerdict() },
      this.sign, h("span", {}, this.says, " ", this.broken));
    this.button = h("button", { type: "button", className: "brief-send primary", "aria-describedby": "exchange-reason", onclick: () => this.#send() }, "Send");
    this.append(h("div", { className: "brief-bar", role: "group", "aria-label": "In brief" }, this.judge, this.button));
  }

  paint(state, before) {
    if (!before) this.#watch();
    const { diagnosticCount } = state.report;
    setAttribute(this, "data-outcome", outcomeOf(state));
    setText(this.sign, signs[outcomeOf(state)] ?? "");
    setText(this.says, sentence(state));
    setText(this.broken, diagnosticCount === 0 ? "" : `${count(diagnosticCount, "rule")} broken`);
  }

  #watch() {
    // The last entry is how things are now.
    const observer = new IntersectionObserver((entries) => setAttribute(this, "data-aside", entries.at(-1).isIntersecting));
    observer.observe(document.querySelector(".exchange-send"));
  }

  #toVerdict() {
    this.intend({ do: "focus", pane: "judge" });
    document.getElementById("judge").scrollIntoView({ block: "start" });
  }

  /** The exchange knows what can be sent, and says why not. */
  #send() {
    const send = document.querySelector(".exchange-send");
    send.click();
    send.focus({ preventScroll: true });
    document.getElementById("exchange").scrollIntoView({ block: "start" });
  }
}

customElements.define("fc-brief", Brief);
