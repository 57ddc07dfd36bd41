// The verdict: in one sentence what a strict receiver does with these bytes,
// and in a second why. The sign beside it says the same without colour.

import { Part, count, h, setAttribute, setText } from "../dom.mjs";
import { draftAt } from "../reading.mjs";

/** The shape that says the outcome without colour. */
export const signs = { none: "·", legal: "✓", noted: "!", waits: "…", fails: "⚠" };

class Verdict extends Part {
  build() {
    this.sign = h("span", { className: "verdict-sign", "aria-hidden": "true" }, "");
    this.says = h("p", { className: "verdict-says" }, "");
    this.why = h("p", { className: "verdict-why" }, "");
    this.append(h("div", { className: "verdict-box" }, this.sign, h("div", {}, this.says, this.why)));
  }

  paint(state) {
    const outcome = outcomeOf(state);
    setAttribute(this, "data-outcome", outcome);
    setText(this.sign, signs[outcome] ?? "");
    setText(this.says, sentence(state));
    const { inflateLimit } = state.report;
    setText(this.why, reason(state) + (inflateLimit === null ? "" : ` Only ${count(inflateLimit, "byte")} were inflated.`));
  }
}

export function outcomeOf({ report }) {
  return report.length === 0 ? "none" : report.verdict.outcome;
}

/** The sentence; also what the page announces after an edit. */
export function sentence({ report, catalog }) {
  const { outcome, statusCode, missing } = report.verdict;
  if (report.length === 0) return "No bytes: there is nothing to judge";
  if (outcome === "legal") return "Legal: a strict receiver goes on";
  if (outcome === "noted") return "A receiver goes on, though not all is as it should be";
  if (outcome === "waits") return `A receiver waits for ${missing === "0" ? "more" : `${group(missing)} more ${missing === "1" ? "byte" : "bytes"}`}`;
  const entry = catalog.statusCodes.find(({ first, last }) => statusCode >= first && statusCode <= last);
  if (statusCode === null || (entry && !entry.onWire)) return "A strict receiver drops the connection";
  return `A strict receiver closes with ${statusCode}`;
}

function reason(state) {
  const { report, view, catalog } = state;
  const { diagnosticCount, diagnostics, verdict } = report;
  const traffic = `${count(report.frameCount, "frame")}, ${count(report.messageCount, "message")}`;
  if (diagnosticCount === 0) return `${traffic}; no rule is broken.`;
  const worst = diagnostics[verdict.diagnostic ?? 0];
  const entry = catalog.statusCodes.find(({ first, last }) => verdict.statusCode >= first && verdict.statusCode <= last);
  const name = entry && verdict.outcome === "fails" && entry.name ? `${entry.name}. ` : "";
  const broken = `${count(diagnosticCount, "rule")} broken`.replace(/^(\d+) rules? /, (all, n) => `${n} ${n === "1" ? "rule is" : "rules are"} `);
  if (!worst) return `${name}${broken}.`;
  const draft = draftAt(view, worst.bit >> 3);
  const bit = worst.bit - (view.drafts[draft]?.start ?? 0) * 8;
  const what = verdict.outcome === "fails" ? "it fails at" : "the first at";
  return `${name}${broken}; ${what} bit ${bit.toLocaleString("en")} of frame ${draft + 1}.`;
}

/** Digits in groups of three, for numbers that may be too long for a Number. */
function group(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

customElements.define("fc-verdict", Verdict);
