// The page's one store. It holds a frozen snapshot of everything that is shown;
// `set` replaces the snapshot and tells. Elements get the snapshot as a
// property and never write to it.
//
// Painting may itself cause a change: a node that is taken away with the focus
// in it tells that nothing is lit any more. Such a change is told after the one
// under way, never inside it.

const empty = {
  /** The notation that all the rest was read from; the single source of truth with sender, ended, deflate and selected. */
  doc: "",
  /** What WASM says: View, Report, the report's own text, the crafted bytes, and the bytes as a receiver unmasks them. */
  view: null,
  report: null,
  reportText: "",
  bytes: new Uint8Array(0),
  unmasked: new Uint8Array(0),
  selected: 0,
  /** The field under the pointer or the keyboard: {bit, bits, name}, or null. */
  lit: null,
  sender: "client",
  ended: false,
  /** The agreement on permessage-deflate, as a response has it; "" is none. */
  deflate: "",
  /** Why the last edit could not be carried out: a NotationError with `intent`, or null. */
  error: null,
  undoable: false,
  redoable: false,
  catalog: null,
  connection: null,
  exchange: [],
  pasted: null,
  copied: null,
  boot: { phase: "loading", loaded: 0, total: 0, problem: "", message: "" },
  linkError: "",
};

export class Store extends EventTarget {
  #state;
  #telling = false;
  #changed = false;

  /** Begins with what the Craft workbench shows at first, or with a snapshot of another kind. */
  constructor(first = empty) {
    super();
    this.#state = Object.freeze({ ...first });
  }

  get state() {
    return this.#state;
  }

  set(change) {
    this.#state = Object.freeze({ ...this.#state, ...change });
    this.#changed = true;
    if (this.#telling) return;
    this.#telling = true;
    while (this.#changed) {
      this.#changed = false;
      this.dispatchEvent(new Event("change"));
    }
    this.#telling = false;
  }
}
