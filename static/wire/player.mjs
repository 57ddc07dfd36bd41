// The way to /play: a socket over which the server is asked to play a scenario,
// and over which the transcript comes back while it is played.
//
//   to the server    play TARGET⏎scenario, or pause TARGET⏎scenario to go step by step;
//                    then step, go, stop
//   from the server  whole lines of the transcript, many to a message; comments of
//                    its grammar tell what is no part of it: "# at 3", "# done …", "# refused …"
//
// The socket is opened with the first play and kept for the next one. What
// happens is told as events:
//
//   phase    the phase has changed: idle, connecting, playing, paused, stopping
//   lines    detail.text: whole lines of the transcript
//   step     detail.line: the line of the scenario that comes next
//   end      detail: {outcome, message}: done, refused, or away when the connection broke
//
// When the server is gone without a word, TCP may take minutes to notice. So it is
// waited for no longer than this: to connect and to say the first word, for which
// it may have to dial; to say anything while a scenario is played; to stop.

const answerWithin = 15_000;
/** A scenario may wait, but is played for a minute at most. */
const silentFor = 75_000;
const stopWithin = 5_000;

export class Player extends EventTarget {
  #Socket;
  #address;
  #ws = null;
  #phase = "idle";
  #stepping = false;
  #patience = 0;

  constructor({ WebSocket = globalThis.WebSocket, address = playAddress } = {}) {
    super();
    this.#Socket = WebSocket;
    this.#address = address;
    // A page that the browser keeps for its Back button would keep the socket too.
    globalThis.addEventListener?.("pagehide", ({ persisted }) => persisted && this.#ws?.close());
  }

  get phase() {
    return this.#phase;
  }

  get busy() {
    return this.#phase !== "idle";
  }

  /** Asks the server to play; with `stepping` it waits before each step. */
  play(scenario, target, stepping) {
    if (this.busy) return;
    this.#stepping = stepping;
    const order = `${stepping ? "pause" : "play"} ${target}\n${scenario}`;
    if (this.#ws?.readyState === this.#Socket.OPEN) {
      this.#begin(order);
      return;
    }
    this.#turn("connecting");
    let ws;
    try {
      ws = new this.#Socket(this.#address());
    } catch (error) {
      this.#end("away", error.message);
      return;
    }
    this.#ws = ws;
    this.#wait(answerWithin);
    ws.addEventListener("open", () => {
      if (ws === this.#ws) this.#begin(order);
    });
    ws.addEventListener("message", ({ data }) => {
      if (ws === this.#ws) this.#take(String(data));
    });
    ws.addEventListener("close", (event) => {
      if (ws !== this.#ws) return;
      this.#ws = null;
      if (this.busy) this.#end("away", reasonOf(event, this.#phase === "connecting"));
    });
  }

  step() {
    if (this.#phase !== "paused") return;
    this.#say("step");
    this.#wait(silentFor);
  }

  /** Plays the rest without a pause. */
  go() {
    if (this.#phase !== "paused") return;
    this.#stepping = false;
    this.#say("go");
    this.#turn("playing");
    this.#wait(silentFor);
  }

  stop() {
    if (this.#phase === "connecting") {
      const ws = this.#ws;
      this.#ws = null;
      ws?.close();
      this.#end("away", "");
    } else if (this.busy) {
      if (this.#phase === "stopping") return;
      this.#say("stop");
      this.#turn("stopping");
      this.#wait(stopWithin);
    }
  }

  /** Waits so long for a word of the server, and gives the connection up then. */
  #wait(time) {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      const ws = this.#ws;
      this.#ws = null;
      ws?.close();
      this.#end("away", `no word from the server for ${time / 1000} seconds`);
    }, time);
  }

  #begin(order) {
    this.#ws.send(order);
    this.#turn(this.#stepping ? "paused" : "playing");
    this.#wait(answerWithin);
  }

  #say(word) {
    if (this.#ws?.readyState === this.#Socket.OPEN) this.#ws.send(word);
  }

  #take(data) {
    if (!this.busy) return; // an answer to a word that came too late
    if (this.#phase === "playing") this.#wait(silentFor);
    else if (this.#phase === "paused") clearTimeout(this.#patience); // now a person is waited for
    let end = null;
    for (const [, word, rest] of data.matchAll(/^# (at|done|refused) (.*)$/gm)) {
      if (word === "at") this.#tell("step", { line: parseInt(rest, 10) });
      else end = { outcome: word, message: rest };
    }
    const text = end?.outcome === "refused" ? data.replace(/^# refused.*$/m, "").trimStart() : data;
    if (text !== "") this.#tell("lines", { text: text.endsWith("\n") ? text : `${text}\n` });
    if (end) this.#end(end.outcome, end.message);
  }

  #end(outcome, message) {
    this.#turn("idle");
    this.#tell("end", { outcome, message });
  }

  #turn(phase) {
    if (phase === this.#phase) return;
    this.#phase = phase;
    if (phase === "idle") clearTimeout(this.#patience);
    this.#tell("phase", {});
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function playAddress() {
  const url = new URL("/play", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** A browser does not tell a page why a handshake failed. */
function reasonOf({ code, reason }, early) {
  if (early) return "the server is away, or lets this session play no more conversations at once";
  return reason ? `the connection to the server closed with ${code}, “${reason}”` : `the connection to the server closed with ${code}`;
}
