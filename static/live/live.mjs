// The Live workbench: the server's own connections, as it tells of them once a
// second. Its wiring is that of app.mjs: a store holds a snapshot, elements get
// it as `state` and send intents, only this module speaks with the server.
//
// It listens while it is shown, and for a while longer: connections that were
// opened here end with its socket. A page that nobody sees is not painted.

import { shownBench } from "../benches.mjs";
import { count } from "../dom.mjs";
import { listenToKeys } from "../keys.mjs";
import { Store } from "../store.mjs";
import { loadStyles, makeBench } from "./bench.mjs";
import { Feed } from "./feed.mjs";
import { liveKeys } from "./keys.mjs";
import { Listed } from "./listed.mjs";
import { rowsAfter } from "./rows.mjs";
import { Series } from "./series.mjs";

/** How long it goes on listening when it is not shown, if nothing is open from here. */
const lingers = 60_000;

const first = {
  feed: { state: "connecting", silent: false, tries: 0, retryAt: 0, close: null, answers: false },
  /** The last report, null before the first, and the rows and points that came of all. */
  report: null,
  rows: null,
  points: [],
  /** The ids of the connections that are compared, those chosen last; fewer when none were. */
  chosen: [],
  /** How many connections the next command opens; 0 while what was typed is no such number. */
  amount: 500,
  /** What is under way: {from, to}, how many were open when it was asked for and how many are to be; or null. */
  opening: null,
  closing: false,
  /** Why the server did not do as it was told, or how it went; "" for nothing. */
  refused: "",
  outcome: "",
  /** How many seconds the plots show. */
  span: 120,
};

/** Makes the workbench. Answers {show(), leave(), address}. */
export async function openLive({ announce }) {
  await loadStyles();
  return new Live(announce, makeBench());
}

class Live {
  address = "#live";
  #announce;
  #bench;
  #store = new Store(first);
  #feed = new Feed();
  #series = new Series();
  #listed = new Listed();
  #resting = 0;
  /** Whether a report came since the socket opened, and since the last command. */
  #fresh = true;
  #heard = 0;

  constructor(announce, bench) {
    this.#announce = announce;
    this.#bench = bench;
    this.#store.addEventListener("change", () => this.#paint());
    this.#feed.addEventListener("state", ({ detail }) => this.#connection(detail));
    this.#feed.addEventListener("report", ({ detail }) => this.#report(detail));
    this.#feed.addEventListener("refused", ({ detail }) => this.#refuse(detail));
    bench.main.addEventListener("intent", (event) => this.#intent(event));
    document.addEventListener("visibilitychange", () => this.#paint());
    // A page that the browser keeps for its Back button would keep its connections too.
    addEventListener("pagehide", ({ persisted }) => persisted && this.#feed.close());
    addEventListener("pageshow", () => shownBench() === "live" && this.show());
    listenToKeys(liveKeys((detail) => this.#do(detail), bench));
    this.#paint();
  }

  show() {
    clearTimeout(this.#resting);
    this.#feed.open();
    this.#paint();
  }

  leave() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      const { feed, report } = this.#state;
      if (feed.state === "open" && report?.opener.open > 0) this.leave();
      else this.#feed.close();
    }, lingers);
  }

  get #state() {
    return this.#store.state;
  }

  #set(change) {
    this.#store.set(change);
  }

  #paint() {
    if (document.hidden || shownBench() !== "live") return;
    const state = this.#state;
    for (const part of Object.values(this.#bench.parts)) {
      try {
        part.state = state;
      } catch (error) {
        reportError(error); // one part that fails leaves the others at work
      }
    }
  }

  #connection(feed) {
    const change = { feed };
    if (feed.state === "open") {
      this.#fresh = true;
      this.#listed = new Listed();
    }
    // What was opened has ended with the socket, and what was said of it is no longer so.
    if (feed.state !== "open") Object.assign(change, { opening: null, closing: false, refused: "", outcome: "" });
    const before = this.#state.feed;
    this.#set(change);
    if (shownBench() !== "live") return; // the one that is shown speaks of its own
    if (feed.answers && !before.answers) this.#announce("The server answers, and refuses this connection. The page keeps trying.");
    else if (feed.close !== null && before.close === null) this.#announce("The server is away. The page keeps trying.");
    else if (feed.state === "open" && before.close !== null) this.#announce("The server’s reports come again.");
  }

  #report(told) {
    const report = { ...told, kernel: told.kernel ?? {}, connections: this.#listed.read(told), more: told.more ?? 0 };
    const { rows, opening, closing } = this.#state;
    // A new socket may be to a new server, which counts connections from 1 again.
    const before = this.#fresh ? null : rows;
    this.#fresh = false;
    this.#heard++;
    this.#series.add(report);
    const change = { report, points: this.#series.points, rows: rowsAfter(before, report) };
    const { open } = report.opener;
    // The first report after a command may have been on its way before it.
    const settled = this.#heard > 1 && !report.opener.opening;
    if (opening && (open >= opening.to || settled)) {
      Object.assign(change, { opening: null, outcome: `${count(open - opening.from, "connection")} opened.` });
    } else if (closing && open === 0) {
      Object.assign(change, { closing: false, outcome: "All of them are closed." });
    }
    this.#set(change);
    if (change.outcome) this.#announce(change.outcome);
  }

  #refuse(refused) {
    this.#set({ refused, outcome: "", opening: null, closing: false });
    this.#announce(refused);
  }

  #intent(event) {
    const { detail } = event;
    if (!(detail.do in this.#does)) return; // the page's own
    event.stopPropagation();
    this.#do(detail);
  }

  #do(detail) {
    try {
      this.#does[detail.do](detail);
    } catch (error) {
      reportError(error);
      this.#announce(error.message);
    }
  }

  #does = {
    amount: ({ amount }) => this.#set({ amount }),
    open: () => {
      const { report, amount, opening, closing } = this.#state;
      if (!report?.opener.allowed || opening || closing) return;
      const { open, left } = report.opener;
      const some = Math.min(amount, left);
      if (some < 1 || !this.#feed.send({ open: some })) return;
      this.#heard = 0;
      this.#set({ opening: { from: open, to: open + some }, refused: "", outcome: "" });
    },
    close: () => {
      const { report, closing } = this.#state;
      if (!(report?.opener.open > 0 || report?.opener.opening) || closing || !this.#feed.send({ close: true })) return;
      this.#set({ closing: true, opening: null, refused: "", outcome: "" });
    },
    connect: () => this.#feed.connectNow(),
    choose: ({ id }) => {
      const { chosen } = this.#state;
      this.#set({ chosen: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-2) });
    },
    span: ({ span }) => this.#set({ span }),
  };
}
