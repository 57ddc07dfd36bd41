// The two workbenches of the page, and which of them is shown: Craft, which is
// there from the start, and Wire, whose modules and style sheet come when it is
// first opened, so that Craft is ready no later for it.
//
// The fragment decides: "#wire", alone or with a scenario, is Wire, all else
// Craft. Choosing the other workbench is a step in the browser's history, so its
// Back button leads back. The root element's data-bench says which one is shown;
// the style sheets hide the other one (theme.mjs sets it before the first paint).

import { isWireLink } from "./link.mjs";

const titles = { craft: ["Craft", "Framecraft: WebSocket frames by hand"], wire: ["Wire", "Framecraft: WebSocket conversations on the wire"] };
const root = document.documentElement;

export function shownBench() {
  return root.dataset.bench === "wire" ? "wire" : "craft";
}

export class Benches {
  #links = { craft: document.getElementById("bench-craft"), wire: document.getElementById("bench-wire") };
  #title = document.querySelector("h1");
  #loading = null;
  #wire = null;
  #options;

  /**
   * `craft()` answers the address of the draft, and `protocol()` the WASM code
   * once it is there; `announce(text)` reads something out; `fail(text)` says that a workbench is not to be had.
   */
  constructor(options) {
    this.#options = options;
    for (const [bench, link] of Object.entries(this.#links)) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        this.choose(bench);
      });
      // The address behind the link is that of the moment it is looked at.
      for (const type of ["pointerenter", "focus", "contextmenu"]) {
        link.addEventListener(type, () => link.setAttribute("href", this.#addressOf(bench)));
      }
    }
    this.#mark();
  }

  /** Somebody wants the other workbench. */
  async choose(bench) {
    if (bench === shownBench()) return;
    history.pushState(null, "", this.#addressOf(bench));
    await this.follow();
    this.#options.announce(`${titles[bench][0]} workbench.`);
    // The focus stays where it was chosen, unless that is hidden now.
    if (document.activeElement === document.body) this.#links[bench].focus();
  }

  /** Shows what the address asks for. Answers whether that is Wire, which then reads the address itself. */
  async follow() {
    const bench = isWireLink(location.hash) ? "wire" : "craft";
    root.dataset.bench = bench;
    this.#mark();
    if (bench === "craft") return false;
    this.#loading ??= this.#load();
    await this.#loading;
    if (shownBench() === "wire") this.#wire?.show(location.hash);
    return true;
  }

  async #load() {
    try {
      const { openWire } = await import("./wire/wire.mjs");
      this.#wire = await openWire({ protocol: this.#options.protocol(), announce: this.#options.announce });
    } catch (error) {
      reportError(error);
      this.#loading = null; // the next try may have more luck
      root.dataset.bench = "craft";
      this.#mark();
      this.#options.fail(`The Wire workbench could not be loaded: ${error.message}`);
    }
  }

  #addressOf(bench) {
    if (bench === "wire") return this.#wire?.address || "#wire";
    return this.#options.craft() || location.pathname + location.search;
  }

  #mark() {
    const shown = shownBench();
    for (const [bench, link] of Object.entries(this.#links)) {
      if (bench === shown) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const [heading, title] = titles[shown];
    if (this.#title.textContent !== heading) this.#title.textContent = heading;
    document.title = title;
  }
}
