// Undo and redo: a line of past states, a state being {doc, sender, ended,
// deflate, selected}. Typing makes one entry a burst, not one a key: an entry that comes
// soon after another of the same kind takes its place. The line is bounded by
// its number of entries and by the characters they hold, for drafts may be a
// megabyte each.

const mostEntries = 300;
const mostCharacters = 48_000_000;
const burst = 900;

export class History {
  #past = [];
  #now = null;
  #future = [];
  #kind = "";
  #at = 0;

  get undoable() {
    return this.#past.length > 0;
  }

  get redoable() {
    return this.#future.length > 0;
  }

  /** The state that is shown from now on. `kind` names what was done; "" never joins a burst. */
  push(state, kind = "", time = performance.now()) {
    // A key that changed nothing begins no burst: the next one would take the
    // place of the state before it.
    if (this.#now !== null && same(this.#now, state)) {
      this.#now = state;
      return;
    }
    const joins = kind !== "" && kind === this.#kind && time - this.#at < burst;
    this.#kind = kind;
    this.#at = time;
    if (this.#now !== null && !joins) this.#past.push(this.#now);
    this.#now = state;
    this.#future = [];
    this.#trim();
  }

  /** Another frame was selected; that alone is nothing to undo. */
  select(selected) {
    if (this.#now !== null) this.#now = { ...this.#now, selected };
    this.#kind = "";
  }

  /** The state before, or null. */
  undo() {
    if (this.#past.length === 0) return null;
    this.#future.push(this.#now);
    this.#now = this.#past.pop();
    this.#kind = "";
    return this.#now;
  }

  /** The state that was undone last, or null. */
  redo() {
    if (this.#future.length === 0) return null;
    this.#past.push(this.#now);
    this.#now = this.#future.pop();
    this.#kind = "";
    return this.#now;
  }

  #trim() {
    let characters = 0;
    let keep = 0;
    while (keep < this.#past.length && keep < mostEntries) {
      characters += this.#past[this.#past.length - 1 - keep].doc.length;
      if (characters > mostCharacters && keep > 0) break;
      keep++;
    }
    if (keep < this.#past.length) this.#past.splice(0, this.#past.length - keep);
  }
}

function same(a, b) {
  return a.doc === b.doc && a.sender === b.sender && a.ended === b.ended && a.deflate === b.deflate;
}
