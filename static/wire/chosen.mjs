// The reading of one row of a conversation: its bytes as Craft's views want them,
// or a head's fields. What the bytes mean Go says; here they are only cut out of
// the two streams.

import { headOf } from "./rows.mjs";

/** What the details show of a row: {frame}, {head}, or null. */
export function readRow(protocol, shown, index, light = null) {
  const { conversation } = shown;
  const row = conversation.rows[index];
  if (!row || row.start === undefined || row.end === undefined) return null;
  const key = `${shown.id} ${index} ${row.end}`;
  const diagnostics = conversation.diagnostics.filter((one) => one.row === index);
  if (row.kind === "head") {
    const head = headOf(row, conversation);
    if (head) return { head: { key, head, bytes: streamOf(shown, row.side), diagnostics, lit: light } };
  }
  const frame = readFrame(protocol, shown, row);
  const own = diagnostics.map((one) => ({ ...one, frame: 0, bit: one.bit - row.start * 8 }));
  const report = { ...frame.report, diagnostics: own, diagnosticCount: own.length };
  const lit = light && { ...light, bit: light.bit - row.start * 8, name: "" };
  return { frame: { ...frame, key, report, lit, fixed: true, sender: row.side, catalog: protocol.catalog } };
}

function streamOf({ bytes, conversation }, side) {
  return side === "client" ? bytes.subarray(0, conversation.clientLength) : bytes.subarray(conversation.clientLength);
}

function readFrame(protocol, shown, row) {
  const bytes = streamOf(shown, row.side).slice(row.start, row.end);
  return protocol.recover(bytes, { seed: 0, sender: row.side, ended: false, deflate: shown.conversation.deflate ?? "" });
}
