// A list of presets in groups, with a search that takes rule ids, symptoms and
// error texts. Both workbenches have one.
//
// The search box and the list are one combobox whose list always shows: focus
// stays in the box (or on the list), the arrow keys walk, Enter loads, Escape
// clears. Nothing loads before Enter or a click.

import { h } from "../dom.mjs";
import { searchPresets } from "../search.mjs";

export class PresetList {
  #options;
  #catalog = null;
  #shown = [];
  #active = -1;
  #current = null;
  #parts;

  /**
   * `id` begins the ids of its nodes, `title` stands above it. `groupOf(preset)`
   * names a preset's group, "" for the last one, which is called `lastTitle`; `codeOf(preset)` answers the
   * {text, kind, title} at its end, `sideOf(preset)` a word in front of that, or "". `load(preset)` is called
   * when one is chosen.
   */
  constructor(options) {
    this.#options = options;
    const { id, title, label } = options;
    const input = h("input", {
      type: "search",
      id: `${id}-search`,
      role: "combobox",
      placeholder: "Rule, symptom, error…",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-label": label,
      "aria-expanded": "true",
      "aria-controls": `${id}-list`,
      "aria-autocomplete": "list",
    });
    const list = h("div", { class: "break-list", id: `${id}-list`, role: "listbox", tabindex: "0", "aria-label": "Presets" });
    const count = h("span", { class: "break-count mono" });
    const empty = h("p", { class: "break-empty", hidden: true });
    this.#parts = { input, list, count, empty };
    this.nodes = [h("div", { class: "break-head" }, h("h2", {}, title), count), input, list, empty];

    input.addEventListener("input", () => this.#list());
    input.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focus", () => {
      // A press of the mouse focuses as well, and must not move what it is about to click.
      if (this.#active < 0 && list.matches(":focus-visible") && this.#shown.length > 0) this.#walkTo(0);
    });
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      const at = this.#shown.findIndex(({ node }) => node === option);
      if (at < 0) return;
      this.#walkTo(at);
      this.#load();
    });
  }

  /** {presets, rules, symptoms}, as searchPresets takes them. */
  set catalog(catalog) {
    this.#catalog = catalog;
    this.#list();
  }

  /** The preset that is loaded, or null. */
  get current() {
    return this.#current;
  }

  set current(preset) {
    this.#current = preset;
    this.#mark();
  }

  /** The list for what stands in the search box. */
  #list() {
    const { input, list, count, empty } = this.#parts;
    if (!this.#catalog) return;
    const query = input.value.trim();
    const hits = searchPresets(this.#catalog, query);
    this.#shown = [];
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
      const name = this.#options.groupOf(hit.preset);
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(hit);
    }
    const names = [...groups.keys()].filter((name) => name !== "");
    if (groups.has("")) names.push("");
    return names.map((name) => {
      const id = `${this.#options.id}-group-${(name || "last").replace(/\W+/g, "-")}`;
      const title = name === "" ? this.#options.lastTitle : name[0].toUpperCase() + name.slice(1);
      return h(
        "div",
        { role: "group", class: "break-group", "aria-labelledby": id },
        h("div", { class: "break-group-title", id, role: "presentation" }, title),
        ...groups.get(name).map((hit) => this.#option(hit)),
      );
    });
  }

  #option({ preset, symptom }) {
    const code = this.#options.codeOf(preset);
    const side = this.#options.sideOf(preset);
    const node = h(
      "div",
      { role: "option", class: "break-option", id: `${this.#options.id}-preset-${preset.id}`, title: preset.rule || preset.id, "aria-selected": "false" },
      h("span", { class: "break-title" }, preset.title),
      side ? h("span", { class: "break-sender" }, side) : null,
      h("span", { class: `break-code mono ${code.kind}`, title: code.title }, code.text),
      symptom ? h("span", { class: "break-says" }, `${symptom.who}: `, h("q", { class: "mono" }, symptom.says)) : null,
    );
    this.#shown.push({ node, preset });
    return node;
  }

  #example() {
    return this.#catalog.rules[0]?.id ?? "";
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const inList = event.currentTarget === this.#parts.list;
    const last = this.#shown.length - 1;
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
    this.#shown[at]?.node.scrollIntoView({ block: "nearest" });
  }

  /** Shows which option is walked to and which one is loaded. */
  #mark() {
    const { input, list } = this.#parts;
    this.#shown.forEach(({ node, preset }, at) => {
      node.classList.toggle("active", at === this.#active);
      node.setAttribute("aria-selected", String(preset === this.#current));
    });
    const id = this.#shown[this.#active]?.node.id;
    for (const element of [input, list]) {
      if (id) element.setAttribute("aria-activedescendant", id);
      else element.removeAttribute("aria-activedescendant");
    }
  }

  #load() {
    const preset = this.#shown[this.#active]?.preset;
    if (preset) this.#options.load(preset);
  }
}
