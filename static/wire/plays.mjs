// The conversations of this page: the one that is being played, and those before
// it. A play's text grows with every message from the server; what is read out
// of it is read anew, in one piece, as often as that is cheap: never more than
// about a third of the time goes into it.

const kept = 20;
/** Characters that all kept transcripts may have. */
const keptCharacters = 64_000_000;
const idleFactor = 2;

export class Plays extends EventTarget {
  #protocol;
  #list = [];
  #next = 1;
  #current = null;
  #timer = 0;
  #cost = 0;
  #readAt = -Infinity;

  constructor(protocol) {
    super();
    this.#protocol = protocol;
  }

  /** Newest first. A new array, and new plays, whenever something changed. */
  get list() {
    return this.#list;
  }

  /** The play with this id, or null. */
  find(id) {
    return this.#list.find((play) => play.id === id) ?? null;
  }

  /** Begins a play of a scenario with so many expectations. Answers its id. */
  begin({ target, doc, role, expects }) {
    this.#current = this.#add({ target, doc, role, expects, text: "" });
    return this.#current;
  }

  /** More lines of the transcript. */
  grow(text) {
    const play = this.find(this.#current);
    if (!play) return;
    play.pending.push(text);
    if (this.#timer !== 0) return;
    const wait = Math.max(0, this.#readAt + this.#cost * idleFactor - performance.now());
    this.#timer = setTimeout(() => this.#read(), wait);
  }

  /** The play is over: whatever came is read now. */
  end() {
    if (this.#current === null) return;
    this.#read();
    const play = this.find(this.#current);
    if (play && !play.conversation) this.#drop(play.id); // not a line came
    this.#current = null;
  }

  /** Takes a transcript that somebody has. Answers its id, or the error. */
  paste(text) {
    const result = this.#protocol.transcript(text);
    if (result.view.error) return { error: result.view.error };
    const id = this.#add({ target: "pasted", doc: null, role: "client", text });
    this.#revise(id, result);
    return { id };
  }

  forget() {
    this.#list = this.#list.filter(({ id }) => id === this.#current);
    this.#changed();
  }

  #read() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const play = this.find(this.#current);
    if (!play || play.pending.length === 0) return;
    play.text += play.pending.splice(0).join("");
    const started = performance.now();
    const result = this.#protocol.transcript(play.text);
    this.#revise(play.id, result);
    this.#readAt = performance.now();
    this.#cost = this.#readAt - started;
  }

  #add({ target, doc, role, expects = 0, text }) {
    const id = this.#next++;
    const time = new Date().toLocaleTimeString("en-GB");
    const play = { id, target, doc, role, expects, text, time, conversation: null, bytes: new Uint8Array(0), problem: "", pending: [] };
    let characters = 0;
    this.#list = [play, ...this.#list].filter((one, index) => {
      characters += one.text.length;
      return index === 0 || (index < kept && characters <= keptCharacters);
    });
    return id;
  }

  #revise(id, { view, bytes }) {
    const problem = view.error?.message ?? "";
    this.#list = this.#list.map((play) =>
      play.id !== id ? play : { ...play, problem, ...(problem ? {} : { conversation: view.conversation, bytes }) });
    this.#changed();
  }

  #drop(id) {
    this.#list = this.#list.filter((play) => play.id !== id);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
