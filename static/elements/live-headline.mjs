// The one sentence that this workbench is about, with the server's own numbers,
// and whose connections they are.

import { count, digits, h, setText } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";

class Headline extends LivePart {
  build() {
    this.number = h("strong", { className: "live-number" }, "");
    this.rest = h("span", {}, "");
    this.claim = h("span", { className: "live-claim" }, "");
    this.whose = h("p", { className: "live-whose muted" }, "");
    this.append(h("p", { className: "live-headline" }, this.number, this.rest, this.claim), this.whose);
  }

  paint({ report, feed }) {
    if (report === null) {
      setText(this.number, "");
      setText(this.rest, feed.state === "waiting" ? "No word from the server yet." : "Asking the server …");
      setText(this.claim, "");
      setText(this.whose, "A server is said to hold 65,535 WebSocket connections at most, because ports have 16 bits. This one shows its own, as they come and go.");
      return;
    }
    const { totals, listener, opener } = report;
    const one = totals.live === 1;
    setText(this.number, digits(totals.live));
    setText(this.rest, ` ${one ? "connection" : "connections"} on ${listener ? `port ${listener.port}` : "one address"}. `);
    setText(this.claim, one ? "However many come, they share that one port; each gets a file descriptor of its own."
      : "All of them share that one port; each has a file descriptor of its own.");
    const others = totals.live - totals.own;
    setText(this.whose, [
      `${count(totals.own, "is", "are")} yours${opener.open > 0 ? `, ${digits(opener.open)} of them opened here` : ""}.`,
      others > 0 ? `${count(others, "belongs", "belong")} to others; of those only the totals are shown.` : "Nobody else is connected.",
      listener?.reuseport && `${listener.pid ? `Process ${listener.pid}` : "This process"} is one of several that share the port; what the others hold is not counted here.`,
      `Since its start ${listener?.reuseport ? "it" : "the server"} accepted ${digits(totals.accepted)}; ${count(totals.ended, "has", "have")} ended.`,
    ].filter(Boolean).join(" "));
  }
}

customElements.define("live-headline", Headline);
