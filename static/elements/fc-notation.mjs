// The notation: the selected frame's line, or all lines. Every key is read at
// once; what cannot be read is said below, marked in place, and the last good
// draft stays in the other views until the text can be read again.
//
// Behind the text area lies a mirror with the same text in the same places. It
// gives the area its height and carries the marks: a dotted underline for words
// that a diagnostic touches, a tint for words of the lit field, a wavy line for
// what cannot be read.

import { Part, count, h, setAttribute, setShown, setText, uniqueId } from "../dom.mjs";
import { draftAt, fieldAt, fieldEntry, fieldsOf, frameAt, litBy } from "../reading.mjs";
import { fold, linesOf, unfold, wordsOf } from "../words.mjs";

/** Lines beyond these get no marks. */
const markedLines = 200;

class Notation extends Part {
  #whole = false;
  #folds = [];
  #reading = false;
  #drawn = "";
  #spans = [];

  build() {
    const errorId = uniqueId("notation-error");
    this.mirror = h("div", { className: "notation-mirror", "aria-hidden": "true" });
    this.area = h("textarea", {
      className: "notation-text",
      rows: "1",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": "Notation of the frame",
      "aria-describedby": errorId,
      oninput: () => this.#typed(),
      onblur: () => this.#left(),
      onselect: () => this.#caretMoved(),
      onkeyup: () => this.#caretMoved(),
      onclick: () => this.#caretMoved(),
      onpointermove: (event) => this.#hovered(event),
      onpointerleave: () => this.intend({ do: "light", field: null }),
    });
    this.number = h("span", { className: "notation-number mono", "aria-hidden": "true" }, "");
    this.size = h("span", { className: "notation-size mono muted" }, "");
    this.all = h("button", { type: "button", className: "small", onclick: () => this.#toggle() }, "All lines");
    this.error = h("p", { className: "error-line notation-error", id: errorId }, "");
    this.append(
      h("div", { className: "notation panel" },
        this.number,
        h("div", { className: "notation-edit" }, this.mirror, this.area),
        h("div", { className: "notation-side" }, this.size, this.all)),
      this.error);
  }

  paint(state, before) {
    const mine = this.#reading;
    const moved = !before || before.doc !== state.doc || before.selected !== state.selected;
    if (!mine && (moved || (before.error && !state.error))) this.#showDoc();
    setText(this.number, this.#whole ? "" : String(state.selected + 1));
    setShown(this.number, !this.#whole);
    const draft = state.view.drafts[state.selected];
    setText(this.size, this.#whole ? count(state.bytes.length, "byte") : count(draft ? draft.end - draft.start : 0, "byte"));
    const unread = state.error?.intent === "read";
    setAttribute(this.area, "aria-invalid", unread ? "true" : null);
    setText(this.error, errorText(state.error));
    this.#paintMirror(state, unread ? state.error : null);
  }

  /** The text of the area from the draft, unless it says the same already. */
  #showDoc() {
    const { doc, view, selected } = this.state;
    const lines = linesOf(doc);
    const indices = this.#whole ? lines.map((_, index) => index) : [selected];
    this.#folds = indices.map((index) => fold(lines[index] ?? "", view.drafts[index], index));
    const text = this.#folds.map(({ shown }) => shown).join("\n");
    if (this.area.value === text) return;
    const { selectionStart, selectionEnd } = this.area;
    this.area.value = text;
    if (document.activeElement === this.area) this.area.setSelectionRange(selectionStart, selectionEnd);
  }

  #typed() {
    const text = unfold(this.area.value, this.#folds);
    const lines = linesOf(this.state.doc);
    const { selected } = this.state;
    const doc = this.#whole ? text : [...lines.slice(0, selected), text, ...lines.slice(selected + 1)].join("\n");
    this.#reading = true;
    this.intend({ do: "read", doc, kind: "notation" });
    this.#reading = false;
    // At once, for what keyup would light costs a frame of its own.
    this.#caretMoved();
  }

  #left() {
    if (!this.state?.error) this.#showDoc();
    this.#paintMirror(this.state, this.state?.error?.intent === "read" ? this.state.error : null);
    this.intend({ do: "light", field: null });
  }

  #toggle() {
    this.#whole = !this.#whole;
    setAttribute(this.all, "aria-pressed", String(this.#whole));
    setAttribute(this.area, "aria-label", this.#whole ? "Notation of all frames, one to a line" : "Notation of the frame");
    this.#showDoc();
    this.paint(this.state, this.state);
    this.area.focus();
  }

  /** The same text again, in pieces that carry the marks. */
  #paintMirror(state, error) {
    const text = this.area.value;
    const pieces = [];
    const lines = text.split("\n");
    const first = this.#whole ? 0 : state.selected;
    let offset = 0;
    for (let index = 0; index < lines.length; index++) {
      if (index >= markedLines) {
        pieces.push({ text: lines.slice(index).join("\n"), mark: "" });
        break;
      }
      this.#linePieces(lines[index], first + index, error, pieces, offset);
      pieces.push({ text: "\n", mark: "" });
      offset += lines[index].length + 1;
    }
    const drawn = pieces.map((piece) => `${piece.mark}\u0001${piece.tint ?? ""}\u0001${piece.word?.draft ?? ""}\u0001${piece.text}`).join("\u0002");
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#spans = [];
    this.mirror.replaceChildren(...pieces.map((piece) => {
      if (piece.mark === "") return document.createTextNode(piece.text);
      const node = h("span", { className: piece.mark, "data-tint": piece.tint }, piece.text);
      if (piece.word) this.#spans.push({ node, ...piece.word });
      return node;
    }));
  }

  #linePieces(line, index, error, pieces, offset) {
    const wrong = error && error.line === index + 1 ? this.#errorSpan(line, error) : null;
    if (wrong) {
      pieces.push({ text: line.slice(0, wrong[0]), mark: "" });
      pieces.push({ text: line.slice(wrong[0], wrong[1]) || " ", mark: "wrong" });
      pieces.push({ text: line.slice(wrong[1]), mark: "" });
      return;
    }
    const draft = this.state.view.drafts[index];
    if (!draft || error) {
      pieces.push({ text: line, mark: "" });
      return;
    }
    let at = 0;
    const words = wordsOf(line, this.#payloadAt(line, draft));
    const touched = this.#touched(words, index);
    const litHere = this.#litIn(index);
    for (const [number, word] of words.entries()) {
      if (word.start > at) pieces.push({ text: line.slice(at, word.start), mark: "" });
      const lit = litHere && word.fields.test(this.state.lit.name);
      pieces.push({
        text: line.slice(word.start, word.end),
        mark: `word${touched.has(number) ? " touched" : ""}${lit ? " lit" : ""}`,
        tint: lit ? fieldEntry(this.state.catalog, this.state.lit.name).tint : null,
        word: { draft: index, fields: word.fields, from: offset + word.start, to: offset + word.end },
      });
      at = word.end;
    }
    if (at < line.length) pieces.push({ text: line.slice(at), mark: "" });
  }

  /** While a line is typed, it may already differ from the draft's own spelling. */
  #payloadAt(line, draft) {
    const own = linesOf(this.state.doc)[this.state.view.drafts.indexOf(draft)] ?? "";
    const head = own.slice(0, draft.payloadAt);
    if (line.startsWith(head)) return draft.payloadAt;
    const found = /(^|\s)("|⟨|hex:|repeat\()/.exec(line);
    return found ? found.index + found[1].length : line.length;
  }

  /** Is something of this draft lit, and is it what the draft's words speak of? */
  #litIn(index) {
    const { lit, report, view } = this.state;
    if (lit === null || draftAt(view, lit.bit >> 3) !== index) return false;
    return report.frames[frameAt(report, lit.bit >> 3)]?.start === view.drafts[index].start;
  }

  /** Which words a diagnostic of this draft touches; the first word when none does. */
  #touched(words, index) {
    const touched = new Set();
    const { report, view } = this.state;
    for (const diagnostic of report.diagnostics) {
      if (draftAt(view, diagnostic.bit >> 3) !== index) continue;
      const name = fieldAt(report, diagnostic.bit)?.name ?? "";
      let found = false;
      words.forEach((word, number) => {
        if (!word.fields.test(name)) return;
        touched.add(number);
        found = true;
      });
      if (!found && words.length > 0) touched.add(0);
    }
    return touched;
  }

  /** Columns count characters; a folded payload stands for many of them. */
  #errorSpan(line, { column, width }) {
    const characters = [...line];
    const from = Math.min(characters.slice(0, column - 1).join("").length, line.length);
    const to = Math.min(from + characters.slice(column - 1, column - 1 + width).join("").length, line.length);
    return [from, Math.max(to, from)];
  }

  #caretMoved() {
    const at = this.area.selectionStart;
    if (this.#whole && !this.state.error) {
      const line = this.area.value.slice(0, at).split("\n").length - 1;
      if (line !== this.state.selected && line < this.state.view.drafts.length) {
        this.#reading = true;
        this.intend({ do: "select", index: line });
        this.#reading = false;
      }
    }
    this.#lightWord(this.#spans.find(({ from, to }) => at >= from && at <= to));
  }

  #hovered(event) {
    const over = this.#spans.find(({ node }) => Array.from(node.getClientRects()).some((box) =>
      event.clientX >= box.left && event.clientX < box.right && event.clientY >= box.top && event.clientY < box.bottom));
    this.#lightWord(over);
  }

  #lightWord(word) {
    if (!word) {
      this.intend({ do: "light", field: null });
      return;
    }
    const { report, view } = this.state;
    const draft = view.drafts[word.draft];
    const frame = frameAt(report, draft?.start ?? 0);
    // Raw bytes have no words for fields, nor has a frame that a receiver reads otherwise.
    const spoken = draft?.kind === "frame" && report.frames[frame]?.start === draft.start;
    const field = spoken && fieldsOf(report).find((one) => one.frame === frame && word.fields.test(one.name));
    this.intend({ do: "light", field: field ? litBy(field) : null });
  }

  /** For the shortcut. */
  edit() {
    this.area.focus();
  }
}

/** What was typed here, or an edit that failed elsewhere; the form shows its own. */
function errorText(error) {
  if (error === null || (error.intent === "edit" && error.op.startsWith("set "))) return "";
  const sentence = `${error.message[0].toUpperCase()}${error.message.slice(1)}.`;
  return error.intent === "read" ? `${sentence} The last draft that could be read is kept.` : sentence;
}

customElements.define("fc-notation", Notation);
