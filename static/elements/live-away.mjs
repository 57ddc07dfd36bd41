// The line above all else while the server is away or says nothing. The numbers
// below it stay, and are those of the last report.

import { count, h, setAttribute, setShown, setText } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";

class Away extends LivePart {
  #timer = 0;

  build() {
    this.sign = h("span", { className: "live-away-sign", "aria-hidden": "true" }, "▲");
    this.says = h("p", {}, "");
    this.now = h("button", { type: "button", className: "small", onclick: () => this.intend({ do: "connect" }) }, "Connect now");
    this.append(h("div", { className: "live-away" }, this.sign, this.says, this.now));
  }

  paint({ feed, report }) {
    clearInterval(this.#timer);
    const says = () => this.#words(feed, report);
    const shown = says() !== "";
    setShown(this, shown);
    setText(this.says, says());
    // It stays while a try is under way, for whoever has the focus on it.
    setShown(this.now, !feed.silent);
    setAttribute(this.now, "aria-disabled", feed.state === "waiting" ? null : "true");
    if (feed.state === "waiting") this.#timer = setInterval(() => setText(this.says, says()), 1000);
  }

  #words({ state, silent, tries, retryAt, close, answers }, report) {
    const kept = report ? " The numbers below are the last ones." : "";
    if (silent) return `The server has said nothing for a while.${kept}`;
    if (state !== "waiting") return state === "connecting" && close !== null ? `Connecting …${kept}` : "";
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    const why = close?.opened ? `The connection to the server ${endText(close.code)}${close.reason ? `, “${close.reason}”` : ""}.`
      : answers ? `The server answers, and refuses this connection: ${count(tries, "try", "tries")} so far. It may hold as many as it allows, other tabs’ among them.`
        : `The server is away: ${count(tries, "try", "tries")} so far.`;
    return `${why} Next try in ${seconds} s.${kept}`;
  }
}

/** 1005 and 1006 are the browser's own: no Close frame ever says them (RFC 6455, section 7.4.1). */
function endText(code) {
  if (code === 1005) return "closed without a status code (1005)";
  if (code === 1006) return "broke off without a Close frame (1006)";
  return code ? `closed with ${code}` : "closed";
}

customElements.define("live-away", Away);
