// The reading of one row of a conversation: its bytes as Craft's views want them,
// a head's fields, a compressed message under the microscope. What the bytes mean Go says; here they are only cut out of
// the two streams.

import { headOf } from "./rows.mjs";

/** What the details show of a row: {frame, microscope}, {head}, or null. */
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
  return {
    frame: { ...frame, key, report, lit, fixed: true, sender: row.side, catalog: protocol.catalog },
    microscope: row.kind === "frame" ? readCompressed(protocol, shown, index, key) : null,
  };
}

function streamOf({ bytes, conversation }, side) {
  return side === "client" ? bytes.subarray(0, conversation.clientLength) : bytes.subarray(conversation.clientLength);
}

function readFrame(protocol, shown, row) {
  const bytes = streamOf(shown, row.side).slice(row.start, row.end);
  return protocol.recover(bytes, { seed: 0, sender: row.side, ended: false, deflate: shown.conversation.deflate ?? "" });
}

/** The compressed message that a frame belongs to, under the microscope; null if it is not of one. */
function readCompressed(protocol, shown, index, key) {
  const { rows, deflate } = shown.conversation;
  const { side } = rows[index];
  const control = new Set(protocol.catalog.opcodes.filter((one) => one.control).map(({ value }) => value));
  const carries = (row) => row.kind === "frame" && row.side === side && !control.has(row.opcode);
  if (deflate === null || !carries(rows[index])) return null;
  let first = index;
  for (let at = index - 1; at >= 0; at--) {
    if (!carries(rows[at])) continue;
    if (rows[at].fin === 1) break;
    first = at;
  }
  if (rows[first].rsv1 !== 1) return null;
  // Go reads all frames before it as well: they have left the window.
  const { start } = rows.find((row) => row.kind === "frame" && row.side === side);
  const frames = streamOf(shown, side).slice(start);
  const { view, bytes, unmasked } = protocol.deflate(frames, rows[first].start - start, { sender: side, ended: false, deflate });
  return view && { key, view, data: unmasked, output: bytes };
}
