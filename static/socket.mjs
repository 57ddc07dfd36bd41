// The page's own WebSocket to /socket: the browser's raw class, nothing around it.
//
// One send is one binary message that holds exactly the crafted bytes; the
// server answers each with one text message, in order, so a queue of the sends
// that still wait is all the bookkeeping there is. The socket states are
//
//   closed      nobody asked for a connection yet
//   connecting  the browser shakes hands
//   open        sends go out at once
//   waiting     the server went away; the next try is at `retryAt`
//
// The delay between tries grows from half a second to thirty and is random in
// its upper half, so that a restarted server is not met by every page at once.
// It falls back only after a connection has proved itself. A send while there
// is no connection asks for one at once and waits for it; one send may wait.
//
// How a crafted frame is to be read (sender, ended, deflate) is part of the socket's
// address. When it differs from what the socket was opened with, the next send
// opens a new one.

const shortestDelay = 500;
const longestDelay = 30_000;
const connectWithin = 10_000;
const answerWithin = 10_000;
/** How long a connection may stand still that owes a late answer. */
const stillWithin = 15_000;
/** A connection that lasted this long starts the delays from the beginning again. */
const provenAfter = 5_000;

export class Socket extends EventTarget {
  #Socket;
  #address;
  #renew;
  #ws = null;
  #state = "closed";
  #options = { sender: "client", ended: false, deflate: "" };
  #attempt = 0;
  #tries = 0;
  #retryAt = 0;
  #timer = 0;
  #proven = 0;
  #doubts = 0;
  #close = null;
  #pending = null;
  #awaiting = [];

  /** A message longer than this is never sent; the catalog knows the number. */
  limit = Infinity;

  constructor({ WebSocket = globalThis.WebSocket, address = socketAddress, renew = renewSession } = {}) {
    super();
    this.#Socket = WebSocket;
    this.#address = address;
    this.#renew = renew;
    globalThis.addEventListener?.("online", () => {
      if (this.#state === "waiting") this.connectNow();
    });
  }

  /** What there is to show of the connection. */
  get snapshot() {
    return {
      state: this.#state,
      sender: this.#options.sender,
      ended: this.#options.ended,
      deflate: this.#options.deflate,
      attempt: this.#attempt,
      retryAt: this.#retryAt,
      close: this.#close,
      pending: this.#pending !== null,
    };
  }

  /** Opens the socket for these options, unless it stands or is on its way already. */
  open({ sender, ended, deflate }) {
    const same = this.#reads({ sender, ended, deflate });
    if (same && (this.#state === "open" || this.#state === "connecting")) return;
    this.#options = { sender, ended, deflate };
    this.#connect();
  }

  /** The next try, at once. */
  connectNow() {
    if (this.#state === "open" || this.#state === "connecting") return;
    this.#connect();
  }

  /** Lets go of the connection until somebody asks for one again. */
  rest() {
    clearTimeout(this.#timer);
    this.#letGo({ code: null, reason: "", wasClean: true });
    this.#retryAt = 0;
    this.#state = "closed";
    this.#tell();
  }

  /**
   * Sends bytes as one message. `id` comes back in the events about it.
   * Answers "sent", "queued" (a connection is on its way), "over" (longer than
   * the limit) or "busy" (another send waits for the connection already).
   */
  send(id, bytes, { sender, ended, deflate }) {
    if (bytes.length > this.limit) return "over";
    const same = this.#reads({ sender, ended, deflate });
    if (this.#state === "open" && same) {
      this.#transmit(id, bytes);
      return "sent";
    }
    if (this.#pending) return "busy";
    this.#pending = { id, bytes, sender, ended, deflate };
    if (this.#state === "connecting" && same) this.#tell();
    else this.open({ sender, ended, deflate });
    return "queued";
  }

  #reads({ sender, ended, deflate }) {
    const now = this.#options;
    return sender === now.sender && ended === now.ended && deflate === now.deflate;
  }

  #connect() {
    this.#letGo({ code: null, reason: "", wasClean: true });
    clearTimeout(this.#timer);
    this.#retryAt = 0;
    this.#state = "connecting";
    let ws;
    try {
      ws = new this.#Socket(this.#address(this.#options));
    } catch (error) {
      this.#lost(null, { code: null, reason: error.message, wasClean: false }, false);
      return;
    }
    ws.binaryType = "arraybuffer";
    this.#ws = ws;
    let opened = false;
    this.#doubts = setTimeout(() => this.#lost(ws, { code: null, reason: "", wasClean: false }, false), connectWithin);
    ws.addEventListener("open", () => {
      if (ws !== this.#ws) return;
      opened = true;
      this.#opened();
    });
    ws.addEventListener("message", (event) => {
      if (ws === this.#ws) this.#answered(event.data);
    });
    ws.addEventListener("close", ({ code, reason, wasClean }) => {
      this.#lost(ws, { code, reason, wasClean }, opened);
    });
    this.#tell();
  }

  #opened() {
    this.#state = "open";
    this.#close = null;
    clearTimeout(this.#doubts);
    this.#proven = setTimeout(() => (this.#attempt = 0), provenAfter);
    this.#tell();
    this.#say("opened", { ...this.#options });
    const pending = this.#pending;
    this.#pending = null;
    if (pending) this.#transmit(pending.id, pending.bytes);
  }

  #transmit(id, bytes) {
    this.#ws.send(bytes);
    const ws = this.#ws;
    const late = setTimeout(() => {
      this.#say("late", { id, after: answerWithin });
      this.#doubt(ws);
    }, answerWithin);
    this.#awaiting.push({ id, late });
    this.#say("sent", { id });
    this.#tell();
  }

  /** Gives the connection up if it stands still; a long message may be on its way yet. */
  #doubt(ws) {
    const buffered = ws.bufferedAmount;
    clearTimeout(this.#doubts);
    this.#doubts = setTimeout(() => {
      if (ws.bufferedAmount < buffered) this.#doubt(ws);
      else this.#lost(ws, { code: null, reason: `no word from the server for ${(answerWithin + stillWithin) / 1000} seconds`, wasClean: false }, true);
    }, stillWithin);
  }

  #answered(data) {
    this.#attempt = 0;
    clearTimeout(this.#doubts);
    const first = this.#awaiting.shift();
    clearTimeout(first?.late);
    this.#say("answered", { id: first?.id ?? null, data });
  }

  /** The connection is gone, or never came to be. */
  #lost(ws, close, opened) {
    if (ws !== this.#ws) return;
    this.#letGo(close);
    this.#close = close;
    const delay = Math.min(longestDelay, shortestDelay * 2 ** this.#attempt) * (0.5 + Math.random() / 2);
    this.#attempt++;
    // The delay grows with every loss; a person counts only the tries that failed.
    this.#tries = opened ? 0 : this.#tries + 1;
    this.#state = "waiting";
    this.#retryAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#say("closed", { ...close, opened, tries: this.#tries });
    this.#tell();
    // A handshake is refused without a word to the page. One cause can be mended
    // from here: a session that ran out, which any visit of the page renews.
    if (!opened) this.#renew();
  }

  /** Drops the present WebSocket; every send that still waits for an answer is told so. */
  #letGo(close) {
    const ws = this.#ws;
    this.#ws = null;
    clearTimeout(this.#proven);
    clearTimeout(this.#doubts);
    ws?.close();
    for (const { id, late } of this.#awaiting.splice(0)) {
      clearTimeout(late);
      this.#say("unanswered", { id, ...close });
    }
  }

  #tell() {
    this.#say("state", this.snapshot);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function socketAddress({ sender, ended, deflate }) {
  const url = new URL("/socket", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("sender", sender);
  url.searchParams.set("end", ended ? "1" : "0");
  if (deflate) url.searchParams.set("deflate", deflate);
  return url.href;
}

function renewSession() {
  fetch("/", { cache: "no-store", signal: AbortSignal.timeout(5_000) }).catch(() => {
    // The server is away, as the socket has said already.
  });
}
