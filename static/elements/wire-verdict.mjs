// The verdict on a conversation in one sentence: whether the expectations were
// met, and whose rules were broken; how it ended stands below.

import { count, h, setAttribute, setText } from "../dom.mjs";
import { outcomesOf, timeText } from "../wire/rows.mjs";
import { WirePart } from "../wire/wire-part.mjs";

/** The same signs as those of fc-verdict.mjs. */
const signs = { none: "·", legal: "✓", noted: "!", fails: "⚠", waits: "…" };

class WireVerdict extends WirePart {
  build() {
    this.sign = h("span", { className: "verdict-sign", "aria-hidden": "true" }, "");
    this.says = h("p", { className: "verdict-says" }, "");
    this.why = h("p", { className: "verdict-why" }, "");
    this.append(h("div", { className: "verdict-box" }, this.sign, h("div", {}, this.says, this.why)));
  }

  paint(state) {
    const { outcome, says, why } = verdictOf(state);
    setAttribute(this, "data-outcome", outcome);
    setText(this.sign, signs[outcome]);
    setText(this.says, says);
    setText(this.why, why);
  }
}

/** {outcome, says, why} of what is shown. */
export function verdictOf({ shown, play, unreadable }) {
  if (unreadable) return { outcome: "fails", says: "This transcript cannot be read", why: unreadable };
  const conversation = shown?.conversation;
  if (!conversation) return { outcome: "none", says: "No conversation yet", why: "Play the scenario, or paste a transcript." };
  const playing = play.phase !== "idle";
  const expected = [...outcomesOf(conversation).values()];
  const unmet = expected.filter(({ met }) => !met).length;
  const broken = brokenBy(conversation);
  const { diagnosticCount } = conversation;
  // A play that was stopped or cut off leaves expectations that nobody looked at.
  const missed = playing ? 0 : Math.max(0, shown.expects - expected.length);
  const expectation = expectationsOf(expected.length, unmet, missed);
  const sentence = [expectation, broken].filter(Boolean).join("; ");
  const outcome = playing ? "waits" : unmet > 0 ? "fails" : diagnosticCount > 0 || missed > 0 ? "noted" : "legal";
  return { outcome, says: playing ? `So far: ${sentence}` : sentence[0].toUpperCase() + sentence.slice(1), why: storyOf(conversation) };
}

/** "2 of 3 expectations were met, 1 was not reached"; "" when there are none. */
function expectationsOf(reached, unmet, missed) {
  const all = reached + missed;
  if (all === 0) return "";
  const rest = missed === 0 ? "" : `, ${missed} ${was(missed)} not reached`;
  if (reached === 0) return all === 1 ? "the one expectation was not reached" : `none of ${all} expectations was reached`;
  if (unmet === all && unmet > 1) return `none of ${unmet} expectations was met`;
  if (unmet > 0) return `${unmet} of ${count(all, "expectation")} ${was(unmet)} not met${rest}`;
  if (missed > 0) return `${reached} of ${count(all, "expectation")} ${was(reached)} met${rest}`;
  return all === 1 ? "the one expectation was met" : `all ${all} expectations were met`;
}

function was(n) {
  return n === 1 ? "was" : "were";
}

/** Whose rules were broken: "the client broke 2 rules, the server 1". */
function brokenBy({ diagnostics, diagnosticCount }) {
  if (diagnosticCount === 0) return "nobody broke a rule";
  if (diagnosticCount > diagnostics.length) return `${count(diagnosticCount, "rule")} broken`;
  const sides = { client: 0, server: 0 };
  for (const { side } of diagnostics) sides[side]++;
  const [first, second] = Object.entries(sides).filter(([, n]) => n > 0);
  return `the ${first[0]} broke ${count(first[1], "rule")}${second ? `, the ${second[0]} ${second[1]}` : ""}`;
}

/** How the conversation went: frames each way, how it ended, how long it took. */
function storyOf({ rows, deflate, subprotocol, duration }) {
  const frames = { client: 0, server: 0 };
  for (const row of rows) if (row.kind === "frame") frames[row.side]++;
  const ends = rows.filter(({ kind }) => kind === "end" || kind === "reset" || kind === "failed" || kind === "stop");
  const parts = [`${count(frames.client, "frame")} from the client, ${frames.server.toLocaleString("en")} from the server`];
  if (deflate) parts.push(`agreed: ${deflate}`);
  if (subprotocol) parts.push(`subprotocol ${subprotocol}`);
  for (const { kind, side, note } of ends) parts.push({ end: `the ${side} ended TCP`, reset: `the ${side} reset TCP`, failed: note, stop: note }[kind]);
  return `${parts.filter(Boolean).join("; ")}; ${timeText(duration ?? 0)}.`;
}

customElements.define("wire-verdict", WireVerdict);
