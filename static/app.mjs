// Wires the page: loads protocol.wasm, turns intents of the elements into calls
// and new states, hands every state down, sends and receives through Exchange.
//
// The truth is {doc, sender, ended, deflate, selected}; everything else that is shown
// is read from it anew after each change, in the same task, so that the next
// frame that the browser paints shows keystroke and report together.

import { Benches, shownBench } from "./benches.mjs";
import { copyText } from "./clipboard.mjs";
import { onProgress } from "./early.mjs";
import { Exchange } from "./exchange.mjs";
import { History } from "./history.mjs";
import { craftKeys, listenToKeys } from "./keys.mjs";
import { benchOf, readLink, writeLink } from "./link.mjs";
import { Protocol } from "./protocol.mjs";
import { toHex } from "./reading.mjs";
import { Socket } from "./socket.mjs";
import { Store } from "./store.mjs";
import { nextTheme } from "./theme.mjs";
import { painted } from "./timing.mjs";
import { linesOf } from "./words.mjs";
import { sentence } from "./elements/fc-verdict.mjs";
import "./elements/fc-boot.mjs";
import "./elements/fc-break.mjs";
import "./elements/fc-brief.mjs";
import "./elements/fc-copy.mjs";
import "./elements/fc-diagnostics.mjs";
import "./elements/fc-diagram.mjs";
import "./elements/fc-exchange.mjs";
import "./elements/fc-field.mjs";
import "./elements/fc-form.mjs";
import "./elements/fc-frames.mjs";
import "./elements/fc-help.mjs";
import "./elements/fc-hex.mjs";
import "./elements/fc-notation.mjs";
import "./elements/fc-options.mjs";
import "./elements/fc-paste.mjs";
import "./elements/fc-payload.mjs";
import "./elements/fc-status.mjs";

// The script does not wait for style sheets and other scripts, but it needs the
// whole document.
if (document.readyState === "loading") {
  await new Promise((parsed) => document.addEventListener("readystatechange", parsed, { once: true }));
}

/** What the page opens with, and what “+ Frame” and “+ Bytes” add. */
const plainFrame = 'text "Hello"';
const plainBytes = "bytes 00";

/** After the last change, before the address is written and the verdict is read out. */
const settled = 600;

const store = new Store();
const past = new History();
const exchange = new Exchange(new Socket());
const parts = Array.from(document.querySelectorAll("[data-part]"));
const announcer = document.getElementById("announcer");
const benches = new Benches({
  protocol: () => loading,
  craft: () => (protocol === null ? "" : writeLink(store.state)),
  announce,
  fail: (text) => store.set({ linkError: text }),
});
let protocol = null;
let loading = null;
let seed = draw();
let settling = 0;

store.addEventListener("change", () => {
  for (const part of parts) {
    try {
      part.state = store.state;
    } catch (error) {
      reportError(error); // one part that fails leaves the others at work
    }
  }
});

function draw() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

function options({ sender, ended, deflate } = store.state) {
  return { seed, sender, ended, deflate };
}

function announce(text) {
  // The same sentence twice in a row is read out only if it changed in between.
  announcer.textContent = announcer.textContent === text ? `${text}\u00a0` : text;
}

/** Shows what WASM answered. Without `kind` the change is an entry of its own in the history. */
function show(result, change = {}, kind = "") {
  const { view, report, reportText, doc, bytes, unmasked } = result;
  const { sender = store.state.sender, ended = store.state.ended } = change;
  // As Go writes it, however a link may have spelled it.
  const deflate = report.deflate ?? "";
  const wanted = change.selected ?? (view.selected >= 0 ? view.selected : store.state.selected);
  const selected = Math.max(0, Math.min(wanted, view.drafts.length - 1));
  past.push({ doc, sender, ended, deflate, selected }, kind);
  store.set({
    view, report, reportText, doc, bytes, unmasked, selected, sender, ended, deflate,
    lit: stillLit(bytes),
    error: null,
    undoable: past.undoable,
    redoable: past.redoable,
  });
  settle();
}

/** What was lit stays lit if its bits are still there. */
function stillLit(bytes) {
  const { lit } = store.state;
  return lit && lit.bit < bytes.length * 8 ? lit : null;
}

/** Things that need not happen at every key. */
function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => {
    if (shownBench() !== "craft") return;
    const { doc, sender, ended, deflate, report, error } = store.state;
    if (error) {
      announce(error.message);
      return;
    }
    history.replaceState(null, "", writeLink({ doc, sender, ended, deflate }) || location.pathname);
    const broken = report.diagnosticCount;
    announce(`${sentence(store.state)}. ${broken === 0 ? "No rule is" : broken === 1 ? "1 rule is" : `${broken} rules are`} broken.`);
  }, settled);
}

function refuse(error, detail) {
  store.set({ error: { ...error, intent: detail.do, op: detail.op ?? "" } });
  if (detail.do === "read") settle(); // somebody is typing; the sentence may be right in a moment
  else announce(error.message);
}

/** Takes a whole new draft: a preset, a link, something pasted. Answers whether it could be read. */
function load(detail) {
  const { doc, sender = store.state.sender, ended = store.state.ended, deflate = store.state.deflate } = detail;
  const result = protocol.read(doc, options({ sender, ended, deflate }));
  if (result.view.error) {
    refuse(result.view.error, detail);
    return result.view.error;
  }
  show(result, { sender, ended, selected: 0 });
  return null;
}

function restore(state) {
  if (state === null) return;
  const result = protocol.read(state.doc, options(state));
  store.set({
    ...result, ...state,
    lit: null, error: null, undoable: past.undoable, redoable: past.redoable,
  });
  settle();
}

/** Answers fc-paste: `result` is what became of the text or the bytes. */
function pasted(result, detail, recognised) {
  const { view, bytes } = result;
  const about = { text: detail.text ?? "", recognised, length: bytes.length, frames: view.drafts.length, preview: Boolean(detail.preview) };
  if (!view.error && !detail.preview) show(result, { selected: 0 });
  store.set({ pasted: { ...about, error: view.error?.message ?? null } });
}

async function copy({ what, all }) {
  const { doc, view, selected, bytes, sender, ended, deflate } = store.state;
  const draft = view.drafts[selected];
  const some = all || !draft ? bytes : bytes.subarray(draft.start, draft.end);
  const title = protocol.catalog.literals.find(({ id }) => id === what)?.title ?? what;
  let text;
  if (what === "hex") text = toHex(some).replace(/(..)(?=.)/g, "$1 ");
  else if (what === "notation") text = all || !draft ? doc : linesOf(doc)[selected];
  else if (what === "link") {
    const fragment = writeLink({ doc, sender, ended, deflate });
    if (fragment === "") {
      announce("This draft is too long for a link. Copy its notation instead.");
      return;
    }
    text = location.origin + location.pathname + fragment;
  } else text = protocol.literal(what, some);
  const outcome = await copyText(text, title);
  if (outcome !== "copied") return;
  const words = what === "link" ? "Copied link" : `Copied ${title}, ${some.length.toLocaleString("en")} ${some.length === 1 ? "byte" : "bytes"}`;
  store.set({ copied: { what, all, words, at: Date.now() } });
  announce(`${words}.`);
}

const does = {
  read(detail) {
    const result = protocol.read(detail.doc, options());
    if (result.view.error) refuse(result.view.error, detail);
    else show(result, {}, detail.kind);
  },
  edit(detail) {
    const result = protocol.edit(store.state.doc, detail.op, options());
    if (result.view.error) refuse(result.view.error, detail);
    else show(result, {}, detail.kind);
  },
  add({ what }) {
    const { view, selected } = store.state;
    seed = draw();
    const at = view.drafts.length === 0 ? 0 : selected + 1;
    does.edit({ do: "edit", op: `add ${at}\n${what === "bytes" ? plainBytes : plainFrame}` });
  },
  select({ index }) {
    const { view, selected } = store.state;
    const to = Math.max(0, Math.min(index, view.drafts.length - 1));
    if (to === selected) return;
    past.select(to);
    store.set({ selected: to });
  },
  light({ field }) {
    const { lit } = store.state;
    const same = field === lit || (field && lit && field.bit === lit.bit && field.bits === lit.bits);
    if (!same) store.set({ lit: field ?? null });
  },
  undo() {
    // Text that cannot be read is the first thing to be taken back.
    if (store.state.error) store.set({ error: null });
    else restore(past.undo());
  },
  redo: () => restore(past.redo()),
  load(detail) {
    load(detail);
  },
  options({ sender, ended, deflate }) {
    const result = protocol.read(store.state.doc, options({ sender, ended, deflate }));
    show(result, { sender, ended });
  },
  send: () => exchange.send(store.state),
  connect: () => exchange.connectNow(),
  "clear-exchange": () => exchange.clear(),
  pasted(detail) {
    const result = protocol.paste(detail.text, options());
    pasted(result, detail, result.view.recognised);
  },
  recover(detail) {
    pasted(protocol.recover(detail.bytes, options()), detail, "raw bytes");
  },
  copy,
  help: () => document.querySelector("fc-help").open(),
  paste: () => document.querySelector("fc-paste").open(),
  bench: ({ bench }) => benches.choose(bench),
  dismiss: () => store.set({ error: null }),
  theme() {
    announce(`Colours: ${nextTheme()}.`);
  },
  focus({ pane }) {
    document.getElementById(pane)?.focus();
  },
  announce: ({ text }) => announce(text),
};

/** What can be done before WASM is there. */
const early = new Set(["theme", "help", "bench", "focus", "announce"]);
const changes = new Set(["read", "edit", "add", "undo", "redo", "load", "options"]);

/** The protocol code gave up, which is a defect of ours: said aloud, and the last state stays. */
function failed(error) {
  reportError(error);
  refuse({ line: 0, column: 0, width: 0, found: "", expected: "", message: error.message }, { do: "fault" });
}

document.addEventListener("intent", ({ detail }) => {
  if (protocol === null && !early.has(detail.do)) return;
  const started = performance.now();
  try {
    const done = does[detail.do]?.(detail);
    done?.catch?.(failed);
  } catch (error) {
    failed(error);
  }
  if (changes.has(detail.do)) painted(started);
});

exchange.addEventListener("change", () => store.set({ exchange: exchange.entries, connection: exchange.connection }));
exchange.addEventListener("announce", ({ detail }) => announce(detail.text));

// A page that the browser keeps for its Back button would keep its connection too,
// of which a session may have only so many.
addEventListener("pagehide", ({ persisted }) => persisted && exchange.rest());
addEventListener("pageshow", ({ persisted }) => persisted && protocol !== null && exchange.open(store.state));

// At once, when the browser has gone to another entry of its history: until hashchange
// a timer may run, and would write what is shown into the entry that was gone to.
addEventListener("popstate", async () => {
  if ((await benches.follow()) || protocol === null) return;
  // Back from another workbench, to the draft as it stands.
  if (location.hash === writeLink(store.state)) return;
  const link = readLink(location.hash);
  if (link.error) store.set({ linkError: link.error });
  else if (link.doc !== null) {
    const error = load({ do: "load", ...link });
    store.set({ linkError: error ? linkError(error) : "" });
  }
});

function linkError({ message }) {
  return `This link cannot be read: ${message}.`;
}

/** The first draft: the link's, or the default one if there is none or none that can be read. */
function open() {
  const first = { doc: plainFrame, sender: "client", ended: false, deflate: "" };
  const link = readLink(benchOf(location.hash) === "craft" ? location.hash : "");
  let problem = link.error ?? "";
  let result = null;
  let from = first;
  if (link.doc !== null) {
    result = protocol.read(link.doc, options(link));
    if (result.view.error) {
      problem = linkError(result.view.error);
      result = null;
    } else from = link;
  }
  result ??= protocol.read(first.doc, options(first));
  const { view, report, reportText, doc, bytes, unmasked } = result;
  const { sender, ended } = from;
  const deflate = report.deflate ?? "";
  past.push({ doc, sender, ended, deflate, selected: 0 });
  store.set({
    catalog: protocol.catalog,
    view, report, reportText, doc, bytes, unmasked, sender, ended, deflate,
    linkError: problem, connection: exchange.connection,
    boot: { ...store.state.boot, phase: "ready" },
  });
}

async function start() {
  try {
    onProgress((loaded, total) => store.set({ boot: { ...store.state.boot, loaded, total } }));
    loading = Protocol.load();
    // Live needs no WASM; it comes without waiting.
    if (benchOf(location.hash) === "live") benches.follow().catch(reportError);
    protocol = await loading;
  } catch (error) {
    store.set({ boot: { ...store.state.boot, phase: "failed", problem: error.step ?? "start", message: error.message } });
    return;
  }
  exchange.catalog = protocol.catalog;
  open();
  document.documentElement.dataset.ready = "true";
  performance.mark("ready");
  exchange.open(store.state);
  benches.follow().catch(reportError);
}

listenToKeys(craftKeys(store, (detail) => document.dispatchEvent(new CustomEvent("intent", { detail }))));
document.getElementById("theme").addEventListener("click", () => does.theme());
start();
