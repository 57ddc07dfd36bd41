// The words of a line of notation, and the fields that they speak of. Go reads
// the notation; this module only finds where its words stand, so that the line
// can underline the word behind a diagnostic and light up with the other views.
//
// A line is words, then the payload (View says where it begins). Very long
// payloads are folded: the editor shows a short placeholder for them, and puts
// the real text back before anything is read. So typing costs the same beside
// one megabyte as beside five bytes.

const longestShown = 4096;

/** The lines of a notation. Remembers the last one asked for, for many elements ask about the same. */
let lastDoc = "";
let lastLines = [""];
export function linesOf(doc) {
  if (doc !== lastDoc) {
    lastDoc = doc;
    lastLines = doc.split("\n");
  }
  return lastLines;
}

/**
 * Which fields a word speaks of, by what the word looks like and what the field
 * is called. Words that match no line speak of no field in particular.
 */
const speaksOf = [
  [/^(no)?fin$/, /^FIN$/],
  [/^rsv1$/, /^RSV1$/],
  [/^rsv2$/, /^RSV2$/],
  [/^rsv3$/, /^RSV3$/],
  [/^opcode=/, /^opcode$/],
  [/^(no)?mask$/, /^MASK$/],
  [/^mask=/, /^(masking key|MASK)$/],
  [/^len/, /payload length$/],
  [/^(xor=|cut=)/, /^(payload data|reason|status code)$/],
  [/^\d+$/, /^status code$/],
  [/^["h]|^(hex:|repeat)/, /^(payload data|reason|status code)$/],
];

/** The words of a line: {start, end, text, fields}, the payload as one word. */
export function wordsOf(line, payloadAt) {
  const words = [];
  const head = line.slice(0, payloadAt);
  for (const match of head.matchAll(/\S+/g)) words.push(word(match.index, match[0], words.length === 0));
  if (payloadAt < line.length) {
    const tail = line.slice(payloadAt);
    const quoted = tail.startsWith('"') ? tail.lastIndexOf('"') + 1 : 0;
    const space = tail.indexOf(" ", quoted);
    const end = space < 0 ? tail.length : space;
    words.push(word(payloadAt, tail.slice(0, end), false));
    for (const match of tail.slice(end).matchAll(/\S+/g)) words.push(word(payloadAt + end + match.index, match[0], false));
  }
  return words;
}

function word(start, text, first) {
  const known = speaksOf.find(([looks]) => looks.test(text));
  return { start, end: start + text.length, fields: known ? known[1] : first ? /^opcode$/ : /^$/ };
}

/** A line as the editor shows it, with what its placeholder stands for. */
export function fold(line, draft, index) {
  if (line.length <= longestShown || !draft) return { shown: line, placeholder: null, hidden: "" };
  const placeholder = `⟨payload of frame ${index + 1}, ${draft.payload.length.toLocaleString("en")} bytes⟩`;
  // Words may stand behind a payload that is quoted; they stay in sight.
  const tail = line.slice(draft.payloadAt);
  const quoted = tail.startsWith('"') ? tail.lastIndexOf('"') + 1 : 0;
  const space = quoted > 0 ? quoted : tail.length;
  return {
    shown: line.slice(0, draft.payloadAt) + placeholder + tail.slice(space),
    placeholder,
    hidden: tail.slice(0, space),
  };
}

/** The text of the editor with every placeholder that is still whole put back. */
export function unfold(text, folds) {
  let whole = text;
  for (const { placeholder, hidden } of folds) {
    if (placeholder !== null) whole = whole.split(placeholder).join(hidden);
  }
  return whole;
}
