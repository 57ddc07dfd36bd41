// The Wire workbench: a scenario is written, played on real TCP by the server,
// and what came back is drawn and explained. Its wiring is that of app.mjs: a
// store holds a snapshot, elements get it as `state` and send intents, only this
// module calls WASM and speaks with the server.
//
// The truth is {doc, target, line} of the scenario, the plays, and which row of
// which play is chosen. `good` is the last text that could be read.

import { copyText } from "../clipboard.mjs";
import { History } from "../history.mjs";
import { listenToKeys } from "../keys.mjs";
import { readWireLink, usualTarget, writeWireLink } from "../link.mjs";
import { Store } from "../store.mjs";
import { verdictOf } from "../elements/wire-verdict.mjs";
import { loadStyles, makeBench } from "./bench.mjs";
import { readRow } from "./chosen.mjs";
import { wireKeys } from "./keys.mjs";
import { Player } from "./player.mjs";
import { Plays } from "./plays.mjs";
import { sentenceOf } from "./rows.mjs";
import { addStep, firstScenario, removeStep, replaceStep, isFrame, stepAt, stepsOf, stepsPlayed, swapSteps, templates, textOf } from "./script.mjs";

const settled = 600;
const idle = { phase: "idle", steps: 0, done: 0, line: 0, problem: "" };

const first = {
  catalog: null,
  /** The scenario as it stands in the editor, the last text that could be read, and what Go reads in that. */
  doc: "",
  good: "",
  scenario: null,
  error: null,
  target: usualTarget,
  /** "text" or "steps", and the line that the caret or the chosen step is in. */
  mode: "text",
  line: 1,
  stepReading: null,
  stepError: null,
  undoable: false,
  redoable: false,
  play: idle,
  plays: [],
  /** The play that is shown, and whether the scenario is still the one that was played. */
  shown: null,
  played: false,
  unreadable: "",
  view: "conversation",
  scale: "folded",
  chosen: -1,
  reading: null,
  tab: "rules",
  pasted: null,
  copied: null,
  /** The parameters of the echo endpoint, as the server lists them; until then a word about why not. */
  options: "Asking the server …",
  /** The presets likewise. */
  presets: "Asking the server …",
};

/** Makes the workbench. Answers {show(hash), address}. */
export async function openWire({ protocol, announce }) {
  await loadStyles();
  const bench = makeBench();
  return new Wire(protocol, announce, bench);
}

class Wire {
  #protocol;
  #announce;
  #bench;
  #store = new Store(first);
  #past = new History();
  #player = new Player();
  #plays;
  #settling = 0;
  #address = "";
  #before = 0;
  #seed = crypto.getRandomValues(new Uint32Array(1))[0];

  constructor(protocol, announce, bench) {
    this.#protocol = protocol;
    this.#announce = announce;
    this.#bench = bench;
    this.#plays = new Plays(protocol);
    this.#store.addEventListener("change", () => this.#paint());
    this.#plays.addEventListener("change", () => this.#playsChanged());
    this.#listenToPlayer();
    for (const root of [bench.main, bench.dock, bench.parts.paste, bench.parts.copy]) {
      root.addEventListener("intent", (event) => this.#intent(event));
    }
    bench.mode.addEventListener("change", ({ target }) => this.#set({ mode: target.value }));
    bench.view.addEventListener("change", ({ target }) => this.#set({ view: target.value }));
    listenToKeys(wireKeys(this.#store, (detail) => this.#do(detail), bench));
    this.#set({ catalog: protocol.catalog });
    this.#ask("presets", "/presets", "The presets");
  }

  /** That of the scenario as it stands, or as it could last be read. */
  get address() {
    const { doc, target, error } = this.#state;
    if (doc !== "" && !error) this.#address = writeWireLink({ doc, target });
    return this.#address;
  }

  /** Shows what an address says; an address of one's own changes nothing. */
  show(hash) {
    if (hash === this.#address && this.#state.doc !== "") return;
    const link = readWireLink(hash);
    if (link.doc !== null || this.#state.doc === "") this.#read(link.doc ?? firstScenario, { target: link.target, line: 1 });
    if (link.error) this.#set({ play: { ...this.#state.play, problem: link.error } }); // last, since reading a scenario clears it
  }

  get #state() {
    return this.#store.state;
  }

  #set(change) {
    this.#store.set(change);
  }

  #paint() {
    const { parts, main, mode, view } = this.#bench;
    const state = this.#state;
    main.dataset.mode = state.mode;
    main.dataset.view = state.mode === "steps" ? state.view : "conversation";
    for (const input of mode.querySelectorAll("input")) input.checked = input.value === state.mode;
    for (const input of view.querySelectorAll("input")) input.checked = input.value === state.view;
    for (const part of Object.values(parts)) {
      try {
        part.state = state;
      } catch (error) {
        reportError(error); // one part that fails leaves the others at work
      }
    }
  }

  #intent(event) {
    const { detail } = event;
    if (!(detail.do in this.#does)) return; // the page's own
    event.stopPropagation();
    this.#do(detail);
  }

  #do(detail) {
    try {
      const done = this.#does[detail.do]?.(detail);
      done?.catch?.((error) => reportError(error));
    } catch (error) {
      reportError(error);
      this.#announce(error.message);
    }
  }

  /** Takes a new text of the scenario. Without `kind` it is an entry of its own in the history. */
  #read(doc, { target = this.#state.target, line = this.#state.line, kind = "" } = {}) {
    const { view, report } = this.#protocol.scenario(doc);
    if (view.error) {
      this.#set({ doc, target, error: view.error, played: false });
      this.#settle();
      return;
    }
    this.#past.push({ doc, target, selected: line }, kind);
    this.#set({
      doc, target, line, good: doc, scenario: { ...view, deflate: report.deflate ?? "" }, error: null, stepError: null,
      undoable: this.#past.undoable, redoable: this.#past.redoable,
      played: this.#state.shown?.doc === doc,
      play: { ...this.#state.play, problem: "" },
    });
    this.#readStep();
    this.#settle();
  }

  #restore(entry) {
    if (entry === null) return;
    const { view, report } = this.#protocol.scenario(entry.doc);
    this.#set({
      doc: entry.doc, good: entry.doc, target: entry.target, line: entry.selected, scenario: { ...view, deflate: report.deflate ?? "" }, error: null, stepError: null,
      undoable: this.#past.undoable, redoable: this.#past.redoable, played: this.#state.shown?.doc === entry.doc,
    });
    this.#readStep();
    this.#settle();
  }

  /** Things that need not happen at every key. */
  #settle() {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const { error, scenario } = this.#state;
      if (error) {
        this.#announce(error.message);
        return;
      }
      if (document.documentElement.dataset.bench === "wire") history.replaceState(null, "", this.address || "#wire");
      const steps = stepsOf(scenario).length;
      this.#announce(`${steps} ${steps === 1 ? "step" : "steps"}.`);
    }, settled);
  }

  get #step() {
    const steps = stepsOf(this.#state.scenario);
    return steps[stepAt(steps, this.#state.line)] ?? null;
  }

  /** The chosen step's frame as Craft's views want it. */
  #readStep() {
    const step = this.#step;
    if (!isFrame(step)) {
      if (this.#state.stepReading !== null) this.#set({ stepReading: null });
      return;
    }
    const { good, scenario } = this.#state;
    const reading = this.#protocol.read(textOf(good, step), this.#options(scenario));
    this.#set({ stepReading: reading.view.error ? null : { ...reading, doc: textOf(good, step), key: `step ${step.line}`, sender: scenario.role, catalog: this.#protocol.catalog } });
  }

  #options(scenario) {
    return { seed: this.#seed, sender: scenario.role, ended: false, deflate: scenario.deflate };
  }

  #listenToPlayer() {
    const player = this.#player;
    const on = (type, take) => player.addEventListener(type, ({ detail }) => take(detail));
    on("phase", () => this.#set({ play: { ...this.#state.play, phase: player.phase } }));
    on("lines", ({ text }) => this.#plays.grow(text));
    on("step", ({ line }) => {
      const steps = stepsOf(this.#state.scenario);
      this.#set({ play: { ...this.#state.play, line, done: steps.filter((step) => step.line < line).length } });
    });
    on("end", ({ outcome, message }) => this.#ended(outcome, message));
  }

  #ended(outcome, message) {
    this.#plays.end();
    // Of a play that never began nothing is kept; what was shown before it comes back.
    const began = this.#plays.find(this.#state.shown?.id) !== null;
    if (!began && !this.#show(this.#before)) this.#set({ shown: null, played: false });
    const problem = outcome === "refused" ? sentence(message || "the server refuses to play this")
      : outcome === "away" && message ? sentence(`Not played${began ? " to the end" : ""}: ${message}`) : "";
    this.#set({ play: { ...idle, problem } });
    this.#announce(problem || `${verdictOf(this.#state).says}.`);
  }

  #playsChanged() {
    const { shown } = this.#state;
    const now = shown && this.#plays.find(shown.id);
    const change = now ? { shown: now, unreadable: now.problem } : {};
    if (now?.conversation && this.#player.phase === "playing") {
      change.play = { ...this.#state.play, done: stepsPlayed(stepsOf(this.#state.scenario), now) };
    }
    this.#set({ plays: this.#plays.list, ...change });
    if (now && now !== shown && this.#state.chosen >= 0) this.#readChosen();
  }

  /** Shows a play, newly begun or an old one. Answers whether there is one of this id. */
  #show(id) {
    const shown = this.#plays.find(id);
    if (!shown) return false;
    this.#set({ shown, played: shown.doc === this.#state.good, chosen: -1, reading: null, tab: "rules", view: "conversation", unreadable: shown.problem });
    return true;
  }

  #readChosen(light = null) {
    const { shown, chosen } = this.#state;
    this.#set({ reading: shown?.conversation && chosen >= 0 ? readRow(this.#protocol, shown, chosen, light) : null });
  }

  /** Asks the server for a list that only it has; until it is there, `name` holds a sentence instead. */
  async #ask(name, address, what) {
    if (typeof this.#state[name] !== "string") return;
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}, expected 200`);
      this.#set({ [name]: await answer.json() });
    } catch (error) {
      this.#set({ [name]: sentence(`${what} could not be fetched: ${error.message}`) });
    }
  }

  #begin(stepping) {
    const { error, good, target, scenario } = this.#state;
    if (this.#player.busy) return;
    if (error) {
      this.#announce("Not played: the scenario cannot be read.");
      return;
    }
    this.#before = this.#state.shown?.id;
    const steps = stepsOf(scenario);
    const id = this.#plays.begin({ target, doc: good, role: scenario.role, expects: steps.filter(({ kind }) => kind === "expect").length });
    this.#set({ plays: this.#plays.list, play: { ...idle, steps: steps.length } });
    this.#show(id);
    this.#player.play(good, target, stepping);
  }

  async #copy({ what }) {
    const { doc, target, shown } = this.#state;
    let text = what === "scenario" ? doc : what === "transcript" ? (shown?.text ?? "") : "";
    if (what === "link") {
      const fragment = writeWireLink({ doc, target });
      if (fragment === "") {
        this.#announce("This scenario is too long for a link. Copy its text instead.");
        return;
      }
      text = location.origin + location.pathname + fragment;
    }
    if ((await copyText(text, what)) !== "copied") return;
    this.#set({ copied: { words: `Copied ${what}`, at: Date.now() } });
    this.#announce(`Copied ${what}.`);
  }

  #does = {
    scenario: ({ doc, kind }) => this.#read(doc, { kind }),
    target: ({ target }) => {
      this.#past.push({ doc: this.#state.good, target, selected: this.#state.line }, "target");
      this.#set({ target, play: { ...this.#state.play, problem: "" } });
      this.#settle();
    },
    line: ({ line }) => {
      this.#past.select(line);
      this.#set({ line, stepError: null, ...(this.#state.mode === "steps" ? { view: "step", error: null, doc: this.#state.good } : {}) });
      this.#readStep();
    },
    undo: () => {
      // Text that cannot be read is the first thing to be taken back.
      if (this.#state.error) this.#set({ error: null, doc: this.#state.good });
      else this.#restore(this.#past.undo());
    },
    redo: () => this.#restore(this.#past.redo()),
    load: ({ doc, target = usualTarget }) => this.#read(doc, { target, line: 1 }),
    mode: ({ mode }) => this.#set({ mode }),
    "step-text": ({ text, kind }) => {
      if (this.#step) this.#read(replaceStep(this.#state.good, this.#step, text), { kind });
    },
    "step-add": ({ what }) => {
      const { doc, line } = addStep(this.#state.good, this.#step, templates[what]);
      this.#read(doc, { line });
      this.#set({ mode: "steps", view: "step" });
    },
    "step-edit": ({ what }) => this.#editStep(what),
    "frame-read": ({ doc, kind }) => {
      if (this.#step) this.#read(replaceStep(this.#state.good, this.#step, doc), { kind });
      this.#set({ stepError: this.#state.error && { ...this.#state.error, line: 1, intent: "read", op: "" } });
    },
    "frame-edit": ({ op, kind }) => {
      const { stepReading, scenario, good } = this.#state;
      const result = this.#protocol.edit(stepReading.doc, op, this.#options(scenario));
      if (result.view.error) this.#set({ stepError: { ...result.view.error, intent: "edit", op } });
      else this.#read(replaceStep(good, this.#step, result.doc), { kind });
    },
    "frame-dismiss": () => this.#set({ stepError: null }),
    options: () => this.#ask("options", "/echo/options", "The parameters"),
    play: () => this.#begin(false),
    pause: () => this.#begin(true),
    step: () => this.#player.step(),
    go: () => this.#player.go(),
    stop: () => this.#player.stop(),
    scale: () => this.#set({ scale: this.#state.scale === "folded" ? "scale" : "folded" }),
    choose: ({ index, light = null }) => {
      this.#set({ chosen: index, tab: index < 0 ? "rules" : "row" });
      this.#readChosen(light);
    },
    "choose-by": ({ by }) => {
      const rows = this.#state.shown?.conversation?.rows ?? [];
      if (rows.length === 0) return;
      const index = Math.max(0, Math.min(rows.length - 1, this.#state.chosen + by));
      this.#does.choose({ index });
      this.#announce(sentenceOf(rows[index]));
    },
    tab: ({ tab }) => this.#set({ tab }),
    show: ({ id }) => this.#show(id),
    forget: () => this.#plays.forget(),
    paste: ({ text }) => {
      const { id, error } = this.#plays.paste(text);
      this.#set({ pasted: { text, error: error ? sentence(error.message) : "" } });
      if (error) return;
      this.#show(id);
      this.#announce(`Transcript read. ${verdictOf(this.#state).says}.`);
    },
    copy: (detail) => this.#copy(detail),
    focus: ({ pane }) => document.getElementById(pane)?.focus(),
    announce: ({ text }) => this.#announce(text),
  };

  #editStep(what) {
    const { good, scenario } = this.#state;
    const steps = stepsOf(scenario);
    const at = stepAt(steps, this.#state.line);
    if (at < 0) return;
    const step = steps[at];
    if (what === "remove") {
      this.#read(removeStep(good, step), { line: Math.max(1, steps[at + 1] ? step.line : (steps[at - 1]?.line ?? 1)) });
    } else if (what === "duplicate") {
      const { doc, line } = addStep(good, step, textOf(good, step));
      this.#read(doc, { line });
    } else if (what === "up" && at > 0) {
      const { doc, upper } = swapSteps(good, steps[at - 1], step);
      this.#read(doc, { line: upper });
    } else if (what === "down" && at < steps.length - 1) {
      const { doc, lower } = swapSteps(good, step, steps[at + 1]);
      this.#read(doc, { line: lower });
    }
  }
}

function sentence(text) {
  const whole = text[0].toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
