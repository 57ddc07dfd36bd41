// <fc-break>: "Break it". The catalog's presets, one for every rule that a frame
// can break, in a list that can be searched.
//
// What the loaded preset is about stands in a line below the list that is always
// there, so that choosing one never moves the others under the pointer.

import { Part, h, setText } from "../dom.mjs";
import { PresetList } from "./preset-list.mjs";

class FcBreak extends Part {
  #catalog = null;
  /** The notation that the current preset became; null until the page has read it. */
  #loadedDoc = null;
  /** Which preset became which notation: undo brings the notation back, and the preset with it. */
  #became = new Map();
  #listen = null;
  #list;
  #about;

  build() {
    this.#list = new PresetList({
      id: "break",
      title: "Break it",
      label: "Search the presets by rule, symptom or error text",
      lastTitle: "Legal, to compare with",
      groupOf: ({ rule }) => (rule === "" ? "" : rule.split("-", 1)[0]),
      codeOf: (preset) => codeOf(this.#catalog, preset),
      sideOf: ({ sender }) => (sender === "server" ? "server" : ""),
      load: (preset) => this.#load(preset),
    });
    this.#about = h("div", { class: "break-about", id: "break-about" });
    this.append(...this.#list.nodes, this.#about);
  }

  connectedCallback() {
    super.connectedCallback();
    // A draft that comes from elsewhere has nothing to do with the preset before it.
    this.#listen = new AbortController();
    const forget = ({ target, detail }) => {
      const replaces = detail.do === "load" || detail.do === "recover" || (detail.do === "pasted" && !detail.preview);
      if (replaces && target !== this && this.#list.current) this.#choose(null);
    };
    document.addEventListener("intent", forget, { signal: this.#listen.signal });
  }

  disconnectedCallback() {
    this.#listen.abort();
  }

  paint(state) {
    if (state.catalog && state.catalog !== this.#catalog) {
      this.#catalog = state.catalog;
      this.#list.catalog = state.catalog;
      this.#list.current = state.catalog.presets.find((preset) => preset.notation === state.doc) ?? null;
    }
    // The page may print the notation in another form than the preset has it;
    // what the page made of it is what "edited since" is measured against.
    if (this.#list.current && this.#loadedDoc === null) {
      this.#loadedDoc = state.doc;
      this.#became.set(state.doc, this.#list.current);
    }
    const known = this.#became.get(state.doc);
    if (known && known !== this.#list.current) this.#choose(known, state.doc);
    else this.#paintAbout();
  }

  #load(preset) {
    this.#choose(preset);
    this.intend({ do: "load", doc: preset.notation, sender: preset.sender, ended: preset.ended, deflate: preset.deflate ?? "", preset: preset.id });
    this.intend({ do: "announce", text: `Loaded: ${preset.title}. ${preset.text}` });
  }

  #choose(preset, doc = null) {
    this.#list.current = preset;
    this.#loadedDoc = doc;
    this.#paintAbout();
  }

  #paintAbout() {
    const about = this.#about;
    const preset = this.#list.current;
    if (!preset) {
      delete about.dataset.key;
      setText(about, "Enter or a click loads a preset. Undo brings your draft back.");
      return;
    }
    const edited = this.#loadedDoc !== null && this.state.doc !== this.#loadedDoc;
    const key = `${preset.id} ${edited}`;
    if (about.dataset.key === key) return;
    about.dataset.key = key;
    about.replaceChildren(
      h("p", { class: "break-about-title" }, preset.title, edited ? h("span", { class: "muted" }, " · edited since") : null),
      h("p", {}, preset.text),
    );
  }
}

/** What a receiver does about a preset: a status code, or that it goes on. */
export function codeOf(catalog, preset) {
  if (preset.rule === "") return { text: "legal", kind: "legal", title: "No rule is broken" };
  const rule = catalog.rules.find(({ id }) => id === preset.rule);
  const code = rule?.statusCode ?? null;
  if (code === null && rule?.httpStatus) return { text: `HTTP ${rule.httpStatus}`, kind: "fails", title: `A strict server answers with HTTP ${rule.httpStatus}` };
  if (code === null) return { text: "goes on", kind: "noted", title: "A receiver goes on in spite of it" };
  const entry = catalog.statusCodes.find(({ first, last }) => code >= first && code <= last);
  return { text: String(code), kind: "fails", title: `A strict receiver: ${code} ${entry?.name ?? ""}`.trim() };
}

customElements.define("fc-break", FcBreak);
