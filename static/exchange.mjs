// What went over the page's socket and what came back, as a list of entries.
//
// An entry is made when somebody sends, and is replaced by a newer one (same
// id, next version) as its story goes on: queued, sent, then answered, late,
// unanswered or refused. Notes about the connection stand between them. The
// newest entry comes first and only the last fifty are kept.
//
// The two readings are compared where the answer arrives, as text: the report
// stands last in the server's answer, so the answer has to end with the very
// bytes that the page's own WASM wrote when the bytes were sent.

import { differences } from "./differences.mjs";

const kept = 50;
/** Bytes of each send that are kept to be shown. */
const shownBytes = 64;
/** Notations that all entries together may hold for "load this again", in characters. */
const keptNotation = 8_000_000;

export class Exchange extends EventTarget {
  #socket;
  #entries = [];
  #texts = new Map();
  #next = 1;
  #codes = [];

  constructor(socket) {
    super();
    this.#socket = socket;
    const on = (type, take) => socket.addEventListener(type, (event) => take(event.detail));
    on("state", () => this.#changed());
    on("opened", (options) => this.#opened(options));
    on("sent", ({ id }) => this.#revise(id, { phase: "sent", sentAt: now() }));
    on("late", ({ id, after }) => this.#late(id, after));
    on("answered", ({ id, data }) => this.#answered(id, data));
    on("unanswered", (about) => this.#unanswered(about));
    on("closed", (close) => this.#closed(close));
  }

  /** The limit and the names of status codes come from here. */
  set catalog(catalog) {
    this.#codes = catalog.statusCodes;
    this.#socket.limit = catalog.messageLimit;
  }

  /** Newest first. A new array whenever something changed. */
  get entries() {
    return this.#entries;
  }

  get connection() {
    return this.#socket.snapshot;
  }

  open(options) {
    this.#socket.open(options);
  }

  /** Lets go of the connection until `open`, or a send. */
  rest() {
    this.#socket.rest();
  }

  connectNow() {
    this.#socket.connectNow();
  }

  clear() {
    this.#entries = [];
    this.#texts.clear();
    this.#changed();
    this.#announce("Exchange cleared.");
  }

  /** Sends the crafted bytes of a state, as they are. */
  send({ doc, bytes, report, reportText, sender, ended, deflate, error }) {
    if (error?.intent === "read") {
      // The bytes are those of the last notation that could be read, not of the one on the screen.
      this.#announce("Not sent: the notation cannot be read.");
      return;
    }
    const entry = {
      id: this.#next++,
      version: 0,
      kind: "send",
      phase: "queued",
      at: now(),
      wallTime: new Date(),
      sentAt: null,
      answeredAt: null,
      doc,
      sender,
      ended,
      deflate,
      length: bytes.length,
      head: bytes.slice(0, shownBytes),
      report,
      carrier: null,
      reading: null,
      agree: null,
      differences: null,
      problem: "",
    };
    this.#texts.set(entry.id, reportText);
    this.#add(entry);
    const outcome = this.#socket.send(entry.id, bytes, { sender, ended, deflate });
    if (outcome === "over") {
      this.#refuse(entry.id, `Not sent: ${count(bytes.length, "byte")} crafted, and one message may have at most ${this.#socket.limit.toLocaleString("en")}.`);
    } else if (outcome === "busy") {
      this.#refuse(entry.id, "Not sent: another send waits for the connection already.");
    } else if (outcome === "queued") {
      this.#announce("Waiting for the connection, then sending.");
    }
  }

  /** "1002 Protocol Error", with the name that the catalog gives the code. */
  codeName(code) {
    const entry = this.#codes.find(({ first, last }) => code >= first && code <= last);
    return entry ? `${code} ${entry.name}` : String(code);
  }

  #opened({ sender, ended, deflate }) {
    const text = `Connected. The server reads crafted bytes as sent by the ${sender}${deflate ? `, with ${deflate}` : ""}${ended ? ", with TCP ended after them" : ""}.`;
    this.#note("opened", text);
    this.#announce("Connected.");
  }

  #closed({ code, reason, wasClean, opened, tries }) {
    const named = code === null ? "" : this.codeName(code);
    if (!opened) {
      // The browser tells a page no more than this, whatever went wrong.
      const text = `No connection: the server is away or refuses${named ? ` (${named})` : ""}.`;
      this.#note("failed", text, tries);
      if (tries === 1) this.#announce(`${text} Trying again.`);
      return;
    }
    const said = reason ? `“${reason}”` : "without a reason";
    const how = wasClean ? "" : " TCP ended without a closing handshake.";
    const text = code === null ? `The connection was given up: ${reason}.` : `The connection closed: ${named}, ${said}.${how}`;
    this.#note("closed", text);
    this.#announce(`${text} Trying again.`);
  }

  #late(id, after) {
    const problem = `No answer within ${after / 1000} seconds. It may still come.`;
    this.#revise(id, { phase: "late", problem });
    this.#announce(problem);
  }

  #unanswered({ id, code, reason }) {
    const cause =
      code === null
        ? reason || "the socket was opened anew for another sender, end or agreement"
        : `the connection closed with ${this.codeName(code)}${reason ? `, “${reason}”` : ""}`;
    this.#revise(id, { phase: "unanswered", problem: `No answer: ${cause}.` });
    this.#texts.delete(id);
  }

  #refuse(id, problem) {
    this.#revise(id, { phase: "refused", problem });
    this.#texts.delete(id);
    this.#announce(problem);
  }

  #answered(id, data) {
    if (id === null) {
      this.#note("failed", "The server sent a message that answers nothing.");
      return;
    }
    const own = this.#texts.get(id);
    this.#texts.delete(id);
    const entry = this.#entries.find((candidate) => candidate.id === id);
    if (!entry || own === undefined) return; // cleared, or too old to be shown
    let answer;
    try {
      answer = JSON.parse(data);
      if (!answer.carrier || !answer.report) throw new TypeError("carrier or report is missing");
    } catch (error) {
      this.#revise(id, { phase: "unanswered", problem: `The answer cannot be read: ${error.message}.` });
      this.#announce("The server's answer cannot be read.");
      return;
    }
    const agree = data.endsWith(`"report":${own}}`);
    this.#revise(id, {
      phase: "answered",
      problem: "",
      answeredAt: now(),
      carrier: answer.carrier,
      reading: agree ? entry.report : answer.report,
      agree,
      differences: agree ? null : differences(JSON.parse(own), answer.report),
    });
    this.#announce(agree ? "Answered: native and WASM agree." : "Answered: native and WASM differ.");
  }

  /** A line about the connection. Tries that fail one after the other share one. */
  #note(phase, text, tries = 0) {
    const top = this.#entries[0];
    const note = { id: this.#next++, version: 0, kind: "note", phase, at: now(), wallTime: new Date(), text, tries };
    if (phase === "failed" && top?.kind === "note" && top.phase === "failed") {
      this.#entries = [{ ...note, id: top.id, version: top.version + 1 }, ...this.#entries.slice(1)];
      this.#changed();
      return;
    }
    this.#add(note);
  }

  #add(entry) {
    const all = [entry, ...this.#entries];
    for (const old of all.splice(kept)) this.#texts.delete(old.id);
    let held = 0;
    this.#entries = all.map((one) => {
      held += one.doc?.length ?? 0;
      const fits = held <= keptNotation || one === entry || !one.doc;
      return fits ? one : { ...one, doc: null, version: one.version + 1 };
    });
    this.#changed();
  }

  #revise(id, change) {
    this.#entries = this.#entries.map((entry) =>
      entry.id === id ? { ...entry, ...change, version: entry.version + 1 } : entry,
    );
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #announce(text) {
    this.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
  }
}

function count(n, unit) {
  return `${n.toLocaleString("en")} ${unit}${n === 1 ? "" : "s"}`;
}

/** Milliseconds since the page was opened. */
function now() {
  return performance.now();
}
