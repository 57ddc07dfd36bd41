// The three workbenches of the page, and which of them is shown: Craft, which is
// there from the start, and Wire and Live, whose modules and style sheets come
// when they are first opened, so that Craft is ready no later for them.
//
// The fragment decides: "#wire", alone or with a scenario, is Wire, "#live" is
// Live, all else Craft. Choosing another workbench is a step in the browser's
// history, so its Back button leads back. The root element's data-bench says which
// one is shown; the style sheets hide the others (theme.mjs sets it before the
// first paint).

import { benchOf } from "./link.mjs";

const root = document.documentElement;

/** What each is called, and how it is loaded: the answer has show(hash), leave() and `address`. */
const benches = {
  craft: { words: "Craft", title: "Framecraft: WebSocket frames by hand" },
  wire: {
    words: "Wire",
    title: "Framecraft: WebSocket conversations on the wire",
    async load({ protocol, announce }) {
      const { openWire } = await import("./wire/wire.mjs");
      return openWire({ protocol: await protocol(), announce });
    },
  },
  live: {
    words: "Live",
    title: "Framecraft: live WebSocket connections",
    async load({ announce }) {
      const { openLive } = await import("./live/live.mjs");
      return openLive({ announce });
    },
  },
};

export function shownBench() {
  return root.dataset.bench in benches ? root.dataset.bench : "craft";
}

export class Benches {
  #links = Object.fromEntries(Object.keys(benches).map((bench) => [bench, document.getElementById(`bench-${bench}`)]));
  #title = document.querySelector("h1");
  #loading = {};
  #loaded = {};
  #options;

  /**
   * `craft()` answers the address of the draft, if there is one yet, and `protocol()` a promise of the WASM
   * code; `announce(text)` reads something out; `fail(text)` says that a workbench is not to be had.
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

  /** Somebody wants another workbench. */
  async choose(bench) {
    if (bench === shownBench()) return;
    // An edit of just now, whose address is not written yet, belongs to what is left.
    history.replaceState(null, "", this.#addressOf(shownBench()));
    history.pushState(null, "", this.#addressOf(bench));
    await this.follow();
    this.#options.announce(`${benches[bench].words} workbench.`);
    // The focus stays where it was chosen, unless that is hidden now.
    if (document.activeElement === document.body) this.#links[bench].focus();
  }

  /** Shows what the address asks for. Answers whether that is another one than Craft, which then reads the address itself. */
  async follow() {
    const bench = benchOf(location.hash);
    const before = shownBench();
    root.dataset.bench = bench;
    this.#mark();
    if (before !== bench) this.#loaded[before]?.leave?.();
    if (bench === "craft") return false;
    this.#loading[bench] ??= this.#load(bench);
    await this.#loading[bench];
    if (shownBench() === bench) this.#loaded[bench]?.show(location.hash);
    return true;
  }

  async #load(bench) {
    try {
      this.#loaded[bench] = await benches[bench].load(this.#options);
    } catch (error) {
      reportError(error);
      delete this.#loading[bench]; // the next try may have more luck
      if (shownBench() === bench) {
        root.dataset.bench = "craft";
        this.#mark();
      }
      this.#options.fail(`The ${benches[bench].words} workbench could not be loaded: ${error.message}`);
    }
  }

  #addressOf(bench) {
    if (bench === "craft") return this.#options.craft() || location.pathname + location.search;
    return this.#loaded[bench]?.address || `#${bench}`;
  }

  #mark() {
    const shown = shownBench();
    for (const [bench, link] of Object.entries(this.#links)) {
      if (bench === shown) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const { words, title } = benches[shown];
    if (this.#title.textContent !== words) this.#title.textContent = words;
    document.title = title;
  }
}
