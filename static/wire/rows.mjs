// Words about the rows of a conversation: what the diagram writes at an arrow,
// what a screen reader is told of it, how its time is written. Names of opcodes
// come from Go with each row.

import { count } from "../dom.mjs";

/** "0.31 ms", "12 ms", "1.204 s": as exact as it is worth reading. */
export function timeText(ms) {
  if (ms < 10) return `${trim(ms.toFixed(2))} ms`;
  if (ms < 1000) return `${trim(ms.toFixed(1))} ms`;
  return `${trim((ms / 1000).toFixed(3))} s`;
}

function trim(digits) {
  return digits.replace(/\.?0+$/, "");
}

export function other(side) {
  return side === "client" ? "server" : "client";
}

/** Whether the row has bytes of its side's stream to show. */
export function hasBytes(row) {
  return row.kind === "frame" || row.kind === "head" || row.kind === "bytes";
}

/** What a row is, in parts for the diagram: {name, size, marks, preview}. */
export function labelOf(row) {
  const part = { name: "", size: "", marks: [], preview: "" };
  switch (row.kind) {
    case "frame":
      part.name = row.opcodeName || "frame";
      part.size = row.payloadLength === undefined || row.payloadLength === null ? "" : count(Number(row.payloadLength), "byte");
      if (row.fin === 0) part.marks.push("FIN 0");
      if (row.rsv1 === 1) part.marks.push("RSV1");
      if (row.complete === false) part.marks.push("cut off");
      part.preview = row.payloadLength === "0" ? "" : (row.inflated ?? row.preview ?? "");
      return part;
    case "head":
      part.name = row.side === "client" ? "request" : "response";
      part.preview = row.note ?? "";
      return part;
    case "bytes":
      part.name = "bytes";
      part.size = count(row.end - row.start, "byte");
      return part;
    case "expect":
      part.name = row.met ? "met" : "not met";
      part.preview = row.note ?? "";
      return part;
    default:
      part.name = { open: "TCP open", end: "TCP end", reset: "TCP reset", failed: "failed", stop: "stopped" }[row.kind] ?? row.kind;
      part.preview = row.note ?? "";
      return part;
  }
}

/** The head that a row stands for. */
export function headOf(row, conversation) {
  return row.side === "client" ? conversation.request : conversation.response;
}

/** A row in one sentence, for a screen reader and for the heading of what is chosen. */
export function sentenceOf(row) {
  const { name, size, marks, preview } = labelOf(row);
  if (row.kind === "expect") return `expectation of line ${row.line} ${name}${preview ? `: ${preview}` : ""}, at ${timeText(row.at)}`;
  const words = [row.side, name, size, ...marks].filter(Boolean).join(" ");
  const broken = row.diagnostics ? `, ${count(row.diagnostics, "rule")} broken` : "";
  return `${words} at ${timeText(row.at)}${preview ? `, ${preview}` : ""}${broken}`;
}

/** "frame 3" among the rows of its kind and side, from 1. */
export function placeOf(row, rows) {
  let place = 0;
  for (const one of rows) {
    if (one.kind === row.kind && one.side === row.side) place++;
    if (one === row) return place;
  }
  return 0;
}

/** The expectations by their line: {met, note}. */
export function outcomesOf(conversation) {
  const outcomes = new Map();
  for (const row of conversation?.rows ?? []) {
    if (row.kind === "expect" && row.line) outcomes.set(row.line, { met: row.met === true, note: row.note ?? "" });
  }
  return outcomes;
}
