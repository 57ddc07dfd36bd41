// The rows of the table: the session's connections, with those that have just
// come and those that have just gone. A row that is gone stays for a few seconds.
//
// The server lists at most so many and counts the rest: the pages' own, then the
// newest of those that it opened. What falls out of a cut list has not ended, so
// nothing is said of it.

/** How long a row counts as new, and how long one that is gone stays, in seconds. */
const newFor = 4;
const goneFor = 6;

/**
 * The rows after a report, page's own first, the newest first among each. `before` are
 * the rows up to then, null for none yet; then nothing is new. Each row is the connection as the
 * server lists it, with `since` (when it began) and `ended` (when it was missed, or null). One that is first
 * listed may be old: those that are newer and fill the list have ended.
 */
export function rowsAfter(before, { at, connections, more }) {
  const known = new Map((before ?? []).map((row) => [row.id, row]));
  const cut = more > 0 ? connections.at(-1) : null;
  const rows = connections.map((connection) => {
    const row = known.get(connection.id);
    known.delete(connection.id);
    // One that ended while the server looked has no addresses any more.
    const { local, remote } = connection.local ? connection : (row ?? connection);
    return { ...connection, local, remote, since: row?.since ?? (before === null ? -Infinity : at - connection.age), ended: null };
  });
  for (const row of known.values()) {
    const ended = row.ended ?? at;
    const leftOut = cut !== null && (row.own === cut.own ? row.id < cut.id : row.own === "opened");
    if (!leftOut && at - ended < goneFor) rows.push(row.ended === null ? { ...row, ended, state: "ended" } : row);
  }
  return rows.sort((a, b) => (a.own === b.own ? b.id - a.id : a.own === "page" ? -1 : 1));
}

/** Whether a row came a moment ago. */
export function isNew(row, at) {
  return row.ended === null && at - row.since < newFor;
}

/** The address and the port of "127.0.0.1:8080" or "[::1]:8080". */
export function splitAddress(text) {
  const at = text.lastIndexOf(":");
  return at < 0 ? { address: text, port: "" } : { address: text.slice(0, at).replace(/^\[|\]$/g, ""), port: text.slice(at + 1) };
}
