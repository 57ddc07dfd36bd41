// Edits of a scenario by its steps, as edits of its text: Go reads the text and
// says which lines a step has, this module only moves whole lines. So comments
// and blank lines stay where somebody put them.

import { linesOf } from "../words.mjs";

/** What the buttons add. Somebody changes it at once, so each is the plainest of its kind. */
export const templates = {
  frame: 'text "Hello"',
  expect: "expect message",
  wait: "wait 100ms",
  bytes: "bytes 00",
};

/** What the Wire workbench opens with. */
export const firstScenario = `# A legal conversation: shake hands, say hello, and close.
handshake
expect status 101

text "Hello"
expect text "Hello"

ping "still there?"
expect pong "still there?"

close 1000 "bye"
expect close 1000
expect end
`;

/** The steps that do something, as the list shows them. */
export function stepsOf(scenario) {
  return scenario?.steps.filter(({ kind }) => kind !== "comment") ?? [];
}

/** Whether a step sends a frame, or bytes for one. */
export function isFrame(step) {
  return step?.kind === "frame" || step?.kind === "bytes";
}

/** Index of the step that a line belongs to, or of the last one before it; -1 for none. */
export function stepAt(steps, line) {
  let at = -1;
  steps.forEach((step, index) => {
    if (step.line <= line) at = index;
  });
  return at;
}

/** How many steps a play has behind it, as far as its transcript tells: by what was sent and what was expected. */
export function stepsPlayed(steps, { conversation, role }) {
  let line = 0;
  let sent = 0;
  for (const row of conversation.rows) {
    if (row.kind === "expect") line = Math.max(line, row.line);
    else if (row.side === role && (row.kind === "frame" || row.kind === "head" || row.kind === "bytes")) sent++;
  }
  const sends = steps.filter((step) => isFrame(step) || step.kind === "handshake");
  const last = Math.max(line, sends[Math.min(sent, sends.length) - 1]?.line ?? 0);
  return steps.filter((step) => step.line <= last).length;
}

export function textOf(doc, { line, lastLine }) {
  return linesOf(doc).slice(line - 1, lastLine).join("\n");
}

/** The text with other lines for a step. */
export function replaceStep(doc, { line, lastLine }, text) {
  return spliced(doc, line - 1, lastLine - line + 1, text.split("\n"));
}

/** The text without a step. */
export function removeStep(doc, { line, lastLine }) {
  return spliced(doc, line - 1, lastLine - line + 1, []);
}

/** The text with a new step behind another one, or at the end; and the new one's line. */
export function addStep(doc, after, text) {
  if (doc === "") return { doc: text, line: 1 };
  const lines = doc.split("\n");
  // A text ends with a line end: the empty line behind it is no place for a step.
  const last = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const at = after ? after.lastLine : last;
  return { doc: spliced(doc, at, 0, text.split("\n")), line: at + 1 };
}

/** The text with two neighbouring steps in the other order, what stands between them unmoved; and the first one's new line. */
export function swapSteps(doc, first, second) {
  const lines = doc.split("\n");
  const [a, b] = [first, second].map(({ line, lastLine }) => lines.slice(line - 1, lastLine));
  const between = lines.slice(first.lastLine, second.line - 1);
  lines.splice(first.line - 1, second.lastLine - first.line + 1, ...b, ...between, ...a);
  return { doc: lines.join("\n"), upper: first.line, lower: first.line + b.length + between.length };
}

function spliced(doc, at, remove, added) {
  const lines = doc.split("\n");
  lines.splice(at, remove, ...added);
  return lines.join("\n");
}
