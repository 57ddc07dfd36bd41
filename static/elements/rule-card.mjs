// The card of one broken rule: what was found, what the RFC asks, what a strict
// receiver answers, where, and what mends it. Both workbenches show them.

import { h, setAttribute, setShown, setText } from "../dom.mjs";
import { sectionLink } from "../reading.mjs";

export const levels = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "stated"];

/** Makes an empty card; `show` and `mend` are called with the event of their buttons. */
export function makeCard({ show, mend }) {
  const parts = {
    rule: h("h3", { className: "card-rule mono" }, ""),
    code: h("span", { className: "card-code mono" }, ""),
    found: h("p", { className: "card-found" }, ""),
    asks: h("p", { className: "card-asks muted" }, ""),
    section: h("a", { className: "mono", target: "_blank", rel: "noreferrer" }, ""),
    level: h("span", { className: "mono" }, ""),
    where: h("button", { type: "button", className: "link mono", onclick: show }, ""),
    mend: h("button", { type: "button", className: "small", onclick: mend }, ""),
  };
  const card = h("li", { className: "card panel" },
    h("div", { className: "card-head" }, parts.rule, parts.code),
    parts.found,
    parts.asks,
    h("div", { className: "card-foot" },
      h("p", { className: "card-facts muted" }, parts.section, parts.level, parts.where), parts.mend));
  return Object.assign(card, { parts });
}

/** Writes a diagnostic on a card. `rule` is the catalog's entry; without `mend` there is no such button. */
export function paintCard(card, { diagnostic, rule, where, mend = null }) {
  const { parts } = card;
  card.diagnostic = diagnostic;
  const { statusCode, level } = diagnostic;
  const http = rule?.httpStatus ?? null;
  setAttribute(card, "data-weight", statusCode !== null || http !== null ? "fatal" : levels.indexOf(level) < 2 ? "must" : "should");
  setText(parts.rule, diagnostic.rule);
  setText(parts.code, statusCode !== null ? String(statusCode) : http !== null ? `HTTP ${http}` : "goes on");
  setAttribute(parts.code, "title", statusCode !== null ? "The status code that a strict receiver fails with" : http !== null ? "The HTTP status that a strict server answers with" : "A strict receiver goes on");
  setText(parts.found, diagnostic.found);
  setText(parts.asks, rule?.asks ?? "");
  const { number, place, href } = sectionLink(diagnostic.section);
  setText(parts.section, `RFC ${number}, ${place}`);
  setAttribute(parts.section, "href", href);
  setText(parts.level, level);
  setText(parts.where, where);
  setShown(parts.mend, mend !== null);
  setText(parts.mend, mend ?? "");
}
