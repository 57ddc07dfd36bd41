// The WebSocket to /live: what the server says of its connections, once a second,
// and the commands that go back. The browser's raw class, nothing around it.
//
//   closed      nobody looks
//   connecting  the browser shakes hands
//   open        reports come in
//   waiting     the server went away; the next try is at `retryAt`
//
// Tries are made as socket.mjs makes them: the delay doubles from half a second to
// thirty, random in its upper half, and begins anew after a connection that
// brought a report. A connection that says nothing for long is given up, for TCP may
// take minutes to notice that the other side is gone.

const shortestDelay = 500;
const longestDelay = 30_000;
/** Reports come once a second; after so long without one, something is wrong. */
const silentAfter = 4_000;
const lostAfter = 15_000;
const connectWithin = 10_000;

export class Feed extends EventTarget {
  #ws = null;
  #state = "closed";
  #attempt = 0;
  #tries = 0;
  #retryAt = 0;
  #timer = 0;
  #heard = 0;
  #watch = 0;
  #silent = false;
  #close = null;
  /** Whether the server was there when it did not take the last connection. */
  #answers = false;

  constructor() {
    super();
    globalThis.addEventListener("online", () => this.connectNow());
  }

  /** What there is to show of the connection; `close` is how the last one ended, null while there is nothing to say of that. */
  get snapshot() {
    return { state: this.#state, silent: this.#silent, tries: this.#tries, retryAt: this.#retryAt, close: this.#close, answers: this.#answers };
  }

  /** Begins to listen, if nobody does. */
  open() {
    if (this.#state === "closed") this.#connect();
  }

  /** The next try, at once. */
  connectNow() {
    if (this.#state === "waiting") this.#connect();
  }

  /** Stops listening. */
  close() {
    this.#letGo();
    this.#attempt = this.#tries = 0;
    this.#close = null;
    this.#answers = false;
    this.#become("closed");
  }

  /** Sends a command. Answers whether there was a connection to send it on. */
  send(command) {
    if (this.#state !== "open") return false;
    this.#ws.send(JSON.stringify(command));
    return true;
  }

  #connect() {
    this.#letGo();
    const ws = (this.#ws = new WebSocket(address()));
    let opened = false;
    ws.addEventListener("open", () => {
      if (ws !== this.#ws) return;
      opened = true;
      clearTimeout(this.#timer);
      this.#tries = 0;
      this.#close = null;
      this.#answers = false;
      this.#heard = performance.now();
      this.#watch = setInterval(() => this.#listen(), 1000);
      this.#become("open");
    });
    ws.addEventListener("message", ({ data }) => ws === this.#ws && this.#take(data));
    ws.addEventListener("close", ({ code, reason }) => ws === this.#ws && this.#lost({ code, reason, opened }));
    this.#timer = setTimeout(() => this.#lost({ code: null, reason: "", opened }), connectWithin);
    this.#become("connecting");
  }

  #take(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch (error) {
      reportError(error);
      return;
    }
    this.#attempt = 0;
    this.#heard = performance.now();
    this.#hush(false);
    if (typeof message.refused === "string") this.#say("refused", message.refused);
    else this.#say("report", message);
  }

  /** Looks whether the other side still speaks. */
  #listen() {
    const silence = performance.now() - this.#heard;
    if (silence > lostAfter) this.#lost({ code: null, reason: `no word for ${Math.round(silence / 1000)} s`, opened: true });
    else this.#hush(silence > silentAfter);
  }

  #hush(silent) {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#say("state", this.snapshot);
  }

  #lost(close) {
    this.#letGo();
    this.#close = close;
    if (!close.opened) this.#tries++;
    const delay = Math.min(longestDelay, shortestDelay * 2 ** this.#attempt++) * (0.5 + Math.random() / 2);
    this.#retryAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#become("waiting");
    if (!close.opened) this.#knock();
  }

  /**
   * A handshake is refused without a word to the page. Another request tells whether there is
   * somebody to refuse it, and renews a session that ran out.
   */
  async #knock() {
    const answers = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(5_000) }).then(({ ok }) => ok, () => false);
    if (answers === this.#answers || (this.#state !== "waiting" && this.#state !== "connecting")) return;
    this.#answers = answers;
    this.#say("state", this.snapshot);
  }

  #letGo() {
    const ws = this.#ws;
    this.#ws = null;
    this.#silent = false;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    ws?.close();
  }

  #become(state) {
    this.#state = state;
    this.#say("state", this.snapshot);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function address() {
  const url = new URL("/live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
