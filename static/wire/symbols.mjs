// A compressed message as rows: the pieces of its data in their order, as Go lists
// them, each with the place of the bytes that come out of it. Places count from the
// beginning of the window that earlier messages left; what comes out stands behind
// that.

/** Rows are {kind, bit, bits, value, at, length, distance, flags}; `at` is where its bytes begin. */
export function layOut({ kinds, symbols, window }) {
  return symbols.map(([bit, bits, kind, value, out, distance = 0, flags = 0]) => {
    const name = kinds[kind];
    const length = name === "literal" ? 1 : name === "match" || name === "stored" ? value : 0;
    return { kind: name, bit, bits, value, at: window + out, length, distance, flags };
  });
}

/** The row whose bytes hold a place; -1 for none. */
export function rowAt(rows, place) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].at <= place) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; index >= 0; index--) {
    const { at, length } = rows[index];
    if (length > 0) return place < at + length ? index : -1;
  }
  return -1;
}

/** Bits as DEFLATE takes them, from the lowest of each byte up. Behind the data nothing is known. */
export function bitText(bytes, bit, bits, most = 14) {
  let text = "";
  const end = Math.min(bit + Math.min(bits, most), bytes.length * 8);
  for (let at = bit; at < end; at++) text += (bytes[at >> 3] >> (at & 7)) & 1;
  return bits > most ? `${text}…` : text;
}

/** How a dynamic block's codes are spread: "19 codes of 2 to 7 bits". */
export function codesText(lengths) {
  const used = [...lengths].map((digit) => parseInt(digit, 16)).filter((length) => length > 0);
  if (used.length === 0) return "no code";
  const [least, most] = [Math.min(...used), Math.max(...used)];
  return `${used.length} ${used.length === 1 ? "code" : "codes"} of ${least === most ? least : `${least} to ${most}`} ${most === 1 ? "bit" : "bits"}`;
}
