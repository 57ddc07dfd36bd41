// Questions that several elements ask of a snapshot: which field a bit belongs
// to, what is broken there, which draft holds a byte. Everything here is
// computed from the report and the view; nothing about the protocol is known.
//
// Answers about a run of bits come as a map: one small array for each question,
// indexed by bit. Elements only ever ask for the bits that are on the screen.

const flat = new WeakMap();

/** All fields of a report in the order of the bits, each with the index of its frame. */
export function fieldsOf(report) {
  let fields = flat.get(report);
  if (fields === undefined) {
    fields = report.frames.flatMap((frame, index) => frame.fields.map((field) => ({ ...field, frame: index })));
    flat.set(report, fields);
  }
  return fields;
}

/** The last of `list` whose `start` is not after `at`, by halving; -1 when there is none. */
function lastBefore(list, at, start) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start(list[middle]) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The field that holds a bit, or null: beyond the bytes, or beyond what the report lists. */
export function fieldAt(report, bit) {
  const fields = fieldsOf(report);
  const field = fields[lastBefore(fields, bit, (candidate) => candidate.bit)];
  return field && bit < field.bit + field.bits ? field : null;
}

/** Index of the frame, as a receiver reads it, that holds a byte; -1 for none. */
export function frameAt(report, byte) {
  const index = lastBefore(report.frames, byte, (frame) => frame.start);
  return index >= 0 && byte < report.frames[index].end ? index : -1;
}

/** Index of the draft that holds a byte; the last one for bytes behind them all. */
export function draftAt(view, byte) {
  return Math.max(0, lastBefore(view.drafts, byte, (draft) => draft.start));
}

/** How many diagnostics begin inside each draft. */
export function brokenCounts(view, report) {
  const counts = new Array(view.drafts.length).fill(0);
  if (counts.length === 0) return counts;
  for (const diagnostic of report.diagnostics) counts[draftAt(view, diagnostic.bit >> 3)]++;
  return counts;
}

/** Where one draft's payload stands in the crafted bytes: [start, end). */
export function payloadSpan(draft) {
  const start = draft.kind === "frame" ? draft.end + draft.cut - draft.payload.length : draft.start;
  return [Math.min(start, draft.end), draft.end];
}

/**
 * A draft's payload before masking, without its status code: from the draft
 * itself where View shows it, else from the wire, without what is cut off there.
 * Of a compressed one this is what is compressed; null where View does not show it.
 */
export function plainPayload(draft, bytes) {
  const { form, value, code } = draft.payload;
  if (value !== null && form === "text") return new TextEncoder().encode(value);
  if (value !== null && form === "hex") return fromHex(value);
  if (draft.payload.deflate) return null; // the wire has what it is compressed to
  const [start, end] = payloadSpan(draft);
  const key = fromHex(draft.xor ?? draft.key ?? "");
  const plain = bytes.slice(start, end);
  if (key.length === 4) for (let index = 0; index < plain.length; index++) plain[index] ^= key[index & 3];
  return code === null ? plain : plain.subarray(2);
}

/** True where a receiver reads exactly the frame that the draft is. */
export function standsAlone(draft, frame) {
  return frame !== undefined && frame.start === draft.start && frame.end === draft.end && frame.complete;
}

/**
 * What is to be known of `count` bits from `from` on: for each bit the index
 * into `fields` (-1: none), the number of the diagnostic whose span holds it (from
 * 1; 0: none), whether it is lit.
 */
export function mapBits({ report, lit }, from, count) {
  const map = {
    from,
    fields: fieldsOf(report),
    field: new Int32Array(count).fill(-1),
    broken: new Uint16Array(count),
    lit: new Uint8Array(count),
  };
  const end = from + count;
  const fill = (array, value, bit, bits) =>
    array.fill(value, Math.max(bit, from) - from, Math.max(0, Math.min(bit + bits, end) - from));
  const first = Math.max(0, lastBefore(map.fields, from, (field) => field.bit));
  for (let index = first; index < map.fields.length && map.fields[index].bit < end; index++) {
    fill(map.field, index, map.fields[index].bit, map.fields[index].bits);
  }
  for (const [index, { bit, bits }] of report.diagnostics.entries()) {
    if (bit < end && bit + bits > from) fill(map.broken, index + 1, bit, bits);
  }
  if (lit !== null && lit.bit < end && lit.bit + lit.bits > from) fill(map.lit, 1, lit.bit, lit.bits);
  return map;
}

const entries = new WeakMap();

/** The catalog's entry for a field's name; one that says only the name if there is none. */
export function fieldEntry(catalog, name) {
  let byName = entries.get(catalog);
  if (byName === undefined) {
    byName = new Map(catalog.fields.map((entry) => [entry.name, entry]));
    entries.set(catalog, byName);
  }
  return byName.get(name) ?? { name, short: name, title: name, section: "", text: "", tint: 0 };
}

/** What to hand to {do: "light"} for a field. */
export function litBy(field) {
  return field && { bit: field.bit, bits: field.bits, name: field.name };
}

export const hexDigits = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/** Bytes as hex digits without spaces. */
export function toHex(bytes) {
  const parts = new Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) parts[index] = hexDigits[bytes[index]];
  return parts.join("");
}

/** The bytes that hex digits without spaces stand for. */
export function fromHex(digits) {
  return Uint8Array.from({ length: digits.length >> 1 }, (_, index) => parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

/** The character shown for a byte in an ASCII column. */
export function printable(byte) {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

/** Address of a section of the RFC, for "5.2" and "7692/7.1" alike. */
export function sectionLink(section) {
  const first = section.split(";")[0].trim();
  const slash = first.indexOf("/");
  const number = slash < 0 ? "6455" : first.slice(0, slash);
  const place = slash < 0 ? first : first.slice(slash + 1);
  return { number, place, href: `https://www.rfc-editor.org/rfc/rfc${number}#section-${place}` };
}
