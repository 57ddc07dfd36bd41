// Scenarios to begin with: one for every rule that takes a conversation to break,
// and failures that implementations really had. The same list as “Break it”.

import { h, setText } from "../dom.mjs";
import { WirePart } from "../wire/wire-part.mjs";
import { codeOf } from "./fc-break.mjs";
import { PresetList } from "./preset-list.mjs";

class Presets extends WirePart {
  #catalog = null;
  #presets = null;
  #list;

  build() {
    this.#list = new PresetList({
      id: "wire-presets",
      title: "Presets",
      label: "Search the scenarios by rule, symptom or error text",
      lastTitle: "",
      groupOf: ({ group }) => group,
      codeOf: (preset) => this.#codeOf(preset),
      sideOf: ({ role, scenario }) => (scenario === "" ? "to read" : role === "server" ? "server" : ""),
      load: (preset) => this.#load(preset),
    });
    this.about = h("div", { className: "break-about" });
    this.append(...this.#list.nodes, this.about);
  }

  paint({ catalog, presets, good }) {
    this.#catalog = catalog;
    if (presets !== this.#presets) {
      this.#presets = presets;
      const known = typeof presets !== "string";
      this.#list.catalog = { presets: known ? presets : [], rules: catalog.rules, symptoms: catalog.symptoms };
      this.classList.toggle("unknown", !known);
    }
    if (typeof presets === "string") {
      this.about.dataset.key = "";
      setText(this.about, presets);
      return;
    }
    const preset = this.#list.current;
    const edited = preset && preset.scenario !== "" && good !== preset.scenario;
    const key = `${preset?.id} ${edited}`;
    if (this.about.dataset.key === key) return;
    this.about.dataset.key = key;
    if (!preset) {
      setText(this.about, "Enter or a click loads a scenario. Undo brings yours back.");
      return;
    }
    this.about.replaceChildren(
      h("p", { className: "break-about-title" }, preset.title, edited ? h("span", { className: "muted" }, " · edited since") : null),
      h("p", {}, preset.text));
  }

  #codeOf(preset) {
    if (preset.rule === "" && preset.group !== this.#presets[0].group) return { text: "", kind: "noted", title: "No rule is broken; it breaks those who read it" };
    return codeOf(this.#catalog, preset);
  }

  #load(preset) {
    this.#list.current = preset;
    if (preset.scenario === "") this.intend({ do: "paste", text: preset.transcript });
    else this.intend({ do: "load", doc: preset.scenario, target: preset.target });
    this.intend({ do: "announce", text: `Loaded: ${preset.title}. ${preset.text}` });
  }
}

customElements.define("wire-presets", Presets);
