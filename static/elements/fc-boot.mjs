// <fc-boot>: what the page says while it cannot work yet, or cannot at all.
//
// Three things can go wrong before anything else runs: the scripts do not
// start, WebAssembly is missing, protocol.wasm does not arrive or not start.
// So this module imports nothing, has a script tag of its own in front of the
// others, and listens for their failure itself. What its markup holds from the
// start is shown by the style sheet alone, if not even this module runs.
//
// On a quick machine everything is ready within a blink; nothing is shown
// before a short while has passed, so that nothing flashes.

const patience = 150;
/** With no word from the page for so long, and no more of the code, something is stuck. */
const stuckAfter = 10_000;

const advice = {
  missing: [
    "This browser has no WebAssembly",
    "Framecraft reads and writes frames with Go code compiled to WebAssembly. Use a current browser, or allow WebAssembly: lockdown modes and some policies turn it off.",
  ],
  fetch: [
    "The protocol code could not be fetched",
    "Reload the page. If it stays like this, the server is away or was built without its WebAssembly part: “make build” makes it.",
  ],
  start: [
    "The protocol code could not be started",
    "Reload the page. If it stays like this, the file was damaged on its way, or a policy of this browser keeps WebAssembly from running.",
  ],
  script: [
    "The page's scripts could not be started",
    "Reload the page. If it stays like this, an extension may be blocking a script, or this browser is too old for the page.",
  ],
  stuck: ["The page is taking unusually long", "It may still come. Reload the page if it does not."],
};

class FcBoot extends HTMLElement {
  #state = null;
  #since = performance.now();
  #timers = [];
  #moved = performance.now();
  #stuck = 0;
  #failure = null;
  #dismissed = "";
  #shown = "";
  #listen = new AbortController();

  connectedCallback() {
    this.replaceChildren();
    const { signal } = this.#listen;
    // Failures of script files do not bubble, but they can be captured.
    addEventListener("error", (event) => this.#failed(event), { capture: true, signal });
    addEventListener("unhandledrejection", (event) => this.#failed(event), { signal });
    this.#timers.push(setTimeout(() => this.#show(), patience));
    this.#move();
  }

  disconnectedCallback() {
    this.#stop();
  }

  get state() {
    return this.#state;
  }

  set state(state) {
    const before = this.#state;
    this.#state = state;
    if (before?.boot === state.boot && before?.linkError === state.linkError) return;
    if (state.boot.phase !== "loading") this.#stop();
    else if (before?.boot.loaded !== state.boot.loaded) this.#move();
    this.#show();
  }

  /** Something has come: the time until it counts as stuck begins anew. */
  #move() {
    this.#moved = performance.now();
    clearTimeout(this.#stuck);
    this.#stuck = setTimeout(() => this.#show(), stuckAfter);
  }

  #stop() {
    this.#listen.abort();
    this.#timers.forEach(clearTimeout);
    clearTimeout(this.#stuck);
  }

  #failed(event) {
    const script = event.target instanceof HTMLScriptElement ? new URL(event.target.src).pathname : "";
    this.#failure = script === "" ? String(event.reason?.message ?? event.message ?? "") : `${script} did not load.`;
    this.#show();
  }

  #show() {
    const boot = this.#state?.boot ?? { phase: "loading", loaded: 0, total: 0 };
    const waited = performance.now() - this.#since;
    if (boot.phase === "failed") this.#card(boot.problem in advice ? boot.problem : "start", boot.message);
    else if (boot.phase === "ready") this.#note(this.#state.linkError ?? "");
    else if (this.#failure !== null) this.#card("script", this.#failure);
    else if (performance.now() - this.#moved >= stuckAfter - 50) this.#card("stuck", "");
    else if (waited >= patience - 10) this.#progress(boot);
  }

  #progress({ loaded, total }) {
    if (this.#shown !== "progress") {
      this.#shown = "progress";
      const bar = make("progress", { "aria-labelledby": "boot-title" });
      this.replaceChildren(
        make("div", { class: "boot-card", role: "status" }, make("h2", { id: "boot-title" }, "Loading the protocol code"), bar, make("p", { class: "boot-detail" })),
      );
    }
    const bar = this.querySelector("progress");
    if (total > 0) {
      bar.max = total;
      bar.value = loaded;
    } else bar.removeAttribute("value");
    const kilobytes = (bytes) => Math.round(bytes / 1024).toLocaleString("en");
    const of = total > 0 ? ` of ${kilobytes(total)}` : "";
    this.querySelector(".boot-detail").textContent = loaded > 0 ? `${kilobytes(loaded)}${of} KiB` : "Go code, compiled to WebAssembly: the same that runs in the server.";
  }

  #card(problem, message) {
    const key = `${problem} ${message}`;
    if (this.#shown === key) return;
    this.#shown = key;
    const [title, text] = advice[problem];
    const reload = make("button", { type: "button", class: "primary" }, "Reload the page");
    reload.addEventListener("click", () => location.reload());
    const card = make("div", { class: "boot-card failed", role: "alert" }, make("h2", {}, title), make("p", {}, text));
    if (message) card.append(make("p", { class: "boot-detail mono" }, message));
    card.append(reload);
    this.replaceChildren(card);
  }

  /** The page works; at most there is a line about the link it was opened with. */
  #note(text) {
    if (text === "" || text === this.#dismissed) {
      this.#shown = "";
      this.replaceChildren();
      return;
    }
    if (this.#shown === text) return;
    this.#shown = text;
    const close = make("button", { type: "button", class: "small" }, "Dismiss");
    close.addEventListener("click", () => {
      this.#dismissed = text;
      this.#note("");
    });
    this.replaceChildren(make("div", { class: "boot-note", role: "status" }, make("span", { class: "boot-note-sign", "aria-hidden": "true" }, "!"), make("p", {}, text), close));
  }
}

function make(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

customElements.define("fc-boot", FcBoot);
