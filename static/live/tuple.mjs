// The four values that the kernel tells a connection by. The page speaks as the
// client that connected would: the source is the far end, the destination the server's.

import { splitAddress } from "./rows.mjs";

export const parts = ["source address", "source port", "destination address", "destination port"];

/** The four values of a connection, in the order of parts. */
export function tupleOf({ local, remote }) {
  const [source, destination] = [splitAddress(remote), splitAddress(local)];
  return [source.address, source.port, destination.address, destination.port];
}

/**
 * The two rows to compare when nobody chose any: two with the same source port, if there
 * are, because these show best what tells connections apart; else the newest two.
 */
export function tellingPair(rows) {
  const alive = rows.filter(({ ended }) => ended === null);
  const byPort = new Map();
  for (const row of alive) {
    const [address, port] = tupleOf(row);
    const other = byPort.get(port);
    if (other && tupleOf(other)[0] !== address) return [other, row];
    if (!other) byPort.set(port, row);
  }
  const opened = alive.filter(({ own }) => own === "opened");
  const other = opened.find((row) => tupleOf(row)[0] !== tupleOf(opened[0])[0]) ?? opened[1];
  return other ? [opened[0], other] : alive.slice(0, 2);
}
