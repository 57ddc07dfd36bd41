// <fc-break>: "Break it". The catalog's presets, one for every rule, in groups,
// with a search that takes rule ids, symptoms and error texts.
//
// The search box and the list are one combobox whose list always shows: focus
// stays in the box (or on the list), the arrow keys walk, Enter loads, Escape
// clears. Nothing loads before Enter or a click. What the loaded preset is
// about stands in a line below the list that is always there, so that choosing
// one never moves the others under the pointer.

import { Part, h, setText } from "../dom.mjs";
import { searchPresets } from "../search.mjs";

const legalTitle = "Legal, to compare with";

class FcBreak extends Part {
  #catalog = null;
  #rules = new Map();
  #options = [];
  #active = -1;
  #current = null;
  /** The notation that the current preset became; null until the page has read it. */
  #loadedDoc = null;
  /** Which preset became which notation: undo brings the notation back, and the preset with it. */
  #became = new Map();
  #listen = null;
  #parts;

  build() {
    const input = h("input", {
      type: "search",
      id: "break-search",
      role: "combobox",
      placeholder: "Rule, symptom, error…",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-label": "Search the presets by rule, symptom or error text",
      "aria-expanded": "true",
      "aria-controls": "break-list",
      "aria-autocomplete": "list",
    });
    const list = h("div", { class: "break-list", id: "break-list", role: "listbox", tabindex: "0", "aria-label": "Presets" });
    const count = h("span", { class: "break-count mono" });
    const empty = h("p", { class: "break-empty", hidden: true });
    const about = h("div", { class: "break-about", id: "break-about" });
    this.append(
      h("div", { class: "break-head" }, h("h2", {}, "Break it"), count),
      input,
      list,
      empty,
      about,
    );
    this.#parts = { input, list, count, empty, about };

    input.addEventListener("input", () => this.#list());
    input.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focus", () => {
      if (this.#active < 0 && this.#options.length > 0) this.#walkTo(0);
    });
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      const at = this.#options.findIndex(({ node }) => node === option);
      if (at < 0) return;
      this.#walkTo(at);
      this.#load();
    });
  }

  connectedCallback() {
    super.connectedCallback();
    // A draft that comes from elsewhere has nothing to do with the preset before it.
    this.#listen = new AbortController();
    const forget = ({ target, detail }) => {
      const replaces = detail.do === "load" || detail.do === "recover" || (detail.do === "pasted" && !detail.preview);
      if (replaces && target !== this && this.#current) this.#choose(null);
    };
    document.addEventListener("intent", forget, { signal: this.#listen.signal });
  }

  disconnectedCallback() {
    this.#listen.abort();
  }

  paint(state) {
    if (state.catalog && state.catalog !== this.#catalog) {
      this.#catalog = state.catalog;
      this.#rules = new Map(state.catalog.rules.map((rule) => [rule.id, rule]));
      this.#current = state.catalog.presets.find((preset) => preset.notation === state.doc) ?? null;
      this.#list();
    }
    // The page may print the notation in another form than the preset has it;
    // what the page made of it is what "edited since" is measured against.
    if (this.#current && this.#loadedDoc === null) {
      this.#loadedDoc = state.doc;
      this.#became.set(state.doc, this.#current);
    }
    const known = this.#became.get(state.doc);
    if (known && known !== this.#current) this.#choose(known, state.doc);
    else this.#about();
  }

  /** The list for what stands in the search box. */
  #list() {
    const { input, list, count, empty } = this.#parts;
    if (!this.#catalog) return;
    const query = input.value.trim();
    const hits = searchPresets(this.#catalog, query);
    this.#options = [];
    const nodes = query === "" ? this.#groups(hits) : hits.map((hit) => this.#option(hit));
    const first = list.childElementCount === 0;
    list.replaceChildren(...nodes);
    if (!first) list.scrollTop = 0; // it asks for a layout, which the first paint can do without
    list.hidden = hits.length === 0;
    const total = this.#catalog.presets.length;
    count.textContent = query === "" ? String(total) : `${hits.length} of ${total}`;
    count.setAttribute("aria-label", query === "" ? `${total} presets` : `${hits.length} of ${total} presets`);
    empty.hidden = hits.length > 0;
    empty.textContent = hits.length > 0 ? "" : `No preset knows “${query}”. Try fewer words, a rule id such as ${this.#example()}, or a status code.`;
    this.#active = -1;
    this.#mark();
    if (query !== "" && hits.length > 0) this.#walkTo(0);
  }

  #groups(hits) {
    const groups = new Map();
    for (const hit of hits) {
      const name = hit.preset.rule === "" ? "" : hit.preset.rule.split("-", 1)[0];
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(hit);
    }
    const names = [...groups.keys()].filter((name) => name !== "");
    if (groups.has("")) names.push("");
    return names.map((name) => {
      const id = `break-group-${name || "legal"}`;
      const title = name === "" ? legalTitle : name[0].toUpperCase() + name.slice(1);
      return h(
        "div",
        { role: "group", class: "break-group", "aria-labelledby": id },
        h("div", { class: "break-group-title", id, role: "presentation" }, title),
        ...groups.get(name).map((hit) => this.#option(hit)),
      );
    });
  }

  #option({ preset, symptom }) {
    const code = this.#codeOf(preset);
    const node = h(
      "div",
      { role: "option", class: "break-option", id: `break-preset-${preset.id}`, title: preset.rule || preset.id, "aria-selected": "false" },
      h("span", { class: "break-title" }, preset.title),
      preset.sender === "server" ? h("span", { class: "break-sender" }, "server") : null,
      h("span", { class: `break-code mono ${code.kind}`, title: code.title }, code.text),
      symptom ? h("span", { class: "break-says" }, `${symptom.who}: `, h("q", { class: "mono" }, symptom.says)) : null,
    );
    this.#options.push({ node, preset });
    return node;
  }

  #codeOf(preset) {
    if (preset.rule === "") return { text: "legal", kind: "legal", title: "No rule is broken" };
    const code = this.#rules.get(preset.rule)?.statusCode ?? null;
    if (code === null) return { text: "goes on", kind: "noted", title: "A receiver goes on in spite of it" };
    const entry = this.#catalog.statusCodes.find(({ first, last }) => code >= first && code <= last);
    return { text: String(code), kind: "fails", title: `A strict receiver: ${code} ${entry?.name ?? ""}`.trim() };
  }

  #example() {
    return this.#catalog.rules[0]?.id ?? "";
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const inList = event.currentTarget === this.#parts.list;
    const last = this.#options.length - 1;
    const page = 8;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[event.key];
    if (step !== undefined && last >= 0) {
      event.preventDefault();
      const from = this.#active < 0 && step < 0 ? last + 1 : this.#active;
      this.#walkTo(Math.max(0, Math.min(last, from + step)));
    } else if (inList && event.key === "Home") {
      event.preventDefault();
      this.#walkTo(0);
    } else if (inList && event.key === "End") {
      event.preventDefault();
      this.#walkTo(last);
    } else if (event.key === "Enter" || (inList && event.key === " ")) {
      event.preventDefault();
      this.#load();
    } else if (event.key === "Escape" && this.#parts.input.value !== "") {
      event.preventDefault();
      this.#parts.input.value = "";
      this.#list();
      this.#parts.input.focus();
    }
  }

  #walkTo(at) {
    this.#active = at;
    this.#mark();
    this.#options[at]?.node.scrollIntoView({ block: "nearest" });
  }

  /** Shows which option is walked to and which one is loaded. */
  #mark() {
    const { input, list } = this.#parts;
    this.#options.forEach(({ node, preset }, at) => {
      node.classList.toggle("active", at === this.#active);
      node.setAttribute("aria-selected", String(preset === this.#current));
    });
    const id = this.#options[this.#active]?.node.id;
    for (const element of [input, list]) {
      if (id) element.setAttribute("aria-activedescendant", id);
      else element.removeAttribute("aria-activedescendant");
    }
  }

  #load() {
    const preset = this.#options[this.#active]?.preset;
    if (!preset) return;
    this.#choose(preset);
    this.intend({ do: "load", doc: preset.notation, sender: preset.sender, ended: preset.ended, preset: preset.id });
    this.intend({ do: "announce", text: `Loaded: ${preset.title}. ${preset.text}` });
  }

  #choose(preset, doc = null) {
    this.#current = preset;
    this.#loadedDoc = doc;
    this.#mark();
    this.#about();
  }

  #about() {
    const { about } = this.#parts;
    const preset = this.#current;
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

customElements.define("fc-break", FcBreak);
