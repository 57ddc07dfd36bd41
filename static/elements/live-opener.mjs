// Opens further connections to the same port, and closes them: how many, how far
// it is, why not.

import { count, digits, h, setAttribute, setShown, setText, uniqueId } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";

class Opener extends LivePart {
  /** The last amount that was one. */
  #amount = 1;

  build() {
    const says = uniqueId("live-opener-says");
    this.field = h("input", { type: "number", className: "mono", id: uniqueId("live-amount"), min: "1", step: "1", inputmode: "numeric", oninput: () => this.#typed(), onblur: () => this.#left(), onkeydown: (event) => this.#key(event) });
    this.open = h("button", { type: "button", className: "primary", "aria-keyshortcuts": "o", title: "Open them (o)", "aria-describedby": says, onclick: () => this.intend({ do: "open" }) }, "");
    this.shut = h("button", { type: "button", "aria-keyshortcuts": "x", title: "Close what was opened here (x)", "aria-describedby": says, onclick: () => this.intend({ do: "close" }) }, "Close them");
    this.controls = h("div", { className: "live-open" },
      h("label", { for: this.field.id, className: "visually-hidden" }, "How many connections to open"), this.field, this.open, this.shut);
    this.bar = h("progress", { "aria-label": "Connections opened" });
    this.sign = h("span", { className: "live-open-sign", "aria-hidden": "true" }, "");
    this.says = h("p", { className: "live-open-says", id: says }, "");
    this.append(this.controls, h("div", { className: "live-open-progress" }, this.bar, this.sign, this.says));
  }

  paint(state) {
    const { report, amount, opening, closing, feed } = state;
    const opener = report?.opener ?? { allowed: false, limit: 0, left: 0, open: 0, opening: false, sources: 0, why: "" };
    const { left } = opener;
    const some = Math.min(amount, left);
    if (amount > 0) this.#amount = amount;
    if (document.activeElement !== this.field && this.field.value !== String(amount)) this.field.value = amount;
    setAttribute(this.field, "aria-invalid", amount > 0 ? null : "true");
    setAttribute(this.field, "max", String(Math.max(1, left)));
    setShown(this.controls, report === null || opener.allowed);
    setText(this.open, `Open ${digits(some || this.#amount)} more`);
    const here = feed.state === "open" && opener.allowed;
    this.field.disabled = !here;
    setAttribute(this.open, "aria-disabled", here && some > 0 && !opening && !closing ? null : "true");
    setAttribute(this.shut, "aria-disabled", here && (opener.open > 0 || opener.opening) && !closing ? null : "true");

    const busy = opening !== null || closing || opener.opening;
    setShown(this.bar, busy);
    if (opening) {
      this.bar.max = opening.to - opening.from;
      this.bar.value = Math.max(0, opener.open - opening.from);
    } else this.bar.removeAttribute("value");
    const [sign, says, weight] = words(state, opener);
    setText(this.sign, sign);
    setText(this.says, says);
    setAttribute(this, "data-weight", weight);
  }

  edit() {
    this.field.focus();
    this.field.select();
  }

  #typed() {
    const amount = Math.floor(Number(this.field.value));
    this.intend({ do: "amount", amount: amount >= 1 ? amount : 0 });
  }

  /** What is no amount does not stay behind. */
  #left() {
    if (this.state.amount < 1) this.intend({ do: "amount", amount: this.#amount });
  }

  #key(event) {
    if (event.key === "Enter") this.intend({ do: "open" });
    else if (event.key === "Escape") this.field.blur();
  }
}

function words({ report, amount, opening, closing, refused, outcome }, opener) {
  if (report === null) return ["", "", ""];
  if (amount < 1) return ["!", "How many? Expected a number from 1 on.", "danger"];
  if (refused) return ["!", refused, "danger"];
  if (!opener.allowed) return ["○", opener.why || "This server opens no connections to itself.", "quiet"];
  if (closing) return ["", `Closing ${count(opener.open, "connection")} …`, ""];
  if (opening) return ["", `${digits(Math.max(0, opener.open - opening.from))} of ${count(opening.to - opening.from, "connection")} opened …`, ""];
  if (opener.opening) return ["", `Opening: ${digits(opener.open)} are open …`, ""];
  const from = `from ${sourcesText(opener.sources)}`;
  const now = opener.open > 0 ? `${digits(opener.open)} open, ${from}.` : `The server dials its own port ${from}.`;
  return ["", [outcome, now, roomText(opener)].filter(Boolean).join(" "), ""];
}

/** How many more there may be: of all that the operator allows, other pages may have some. */
function roomText({ limit, left, open }) {
  const others = limit - left - open;
  if (left === 0) return others > 0 ? `${digits(limit)} is the most that its operator allows, and other pages have ${digits(others)} of them.` : `${digits(limit)} is the most that its operator allows.`;
  if (open > 0) return `Room for ${digits(left)} more.`;
  return `Up to ${digits(left)}${others > 0 ? ` now, for other pages have ${digits(others)} of ${digits(limit)}` : ""}; they end with this page.`;
}

/** The loopback addresses that a number of sources stands for. */
function sourcesText(sources) {
  if (sources <= 1) return "127.0.0.2";
  return `${sources} addresses, 127.0.0.2 to 127.0.0.${sources + 1}`;
}

customElements.define("live-opener", Opener);
