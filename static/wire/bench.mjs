// The nodes of the Wire workbench, made when it is first opened, and its style
// sheets. Everything with a `state` gets the snapshots.

import { h } from "../dom.mjs";
import "../elements/wire-bits.mjs";
import "../elements/wire-copy.mjs";
import "../elements/wire-details.mjs";
import "../elements/wire-head.mjs";
import "../elements/wire-microscope.mjs";
import "../elements/wire-paste.mjs";
import "../elements/wire-play.mjs";
import "../elements/wire-presets.mjs";
import "../elements/wire-rules.mjs";
import "../elements/wire-script.mjs";
import "../elements/wire-sequence.mjs";
import "../elements/wire-step.mjs";
import "../elements/wire-steps.mjs";
import "../elements/wire-transcripts.mjs";
import "../elements/wire-verdict.mjs";

const sheets = ["/css/wire.css", "/css/wire-views.css"];

/** Loads the style sheets; nothing is shown without them. */
export function loadStyles() {
  return Promise.all(sheets.map((href) => new Promise((resolve, reject) => {
    document.head.append(h("link", { rel: "stylesheet", href, onload: () => resolve(), onerror: () => reject(new Error(`${href} did not load`)) }));
  })));
}

/** Puts the workbench into the page. Answers its root, its panes and all its parts. */
export function makeBench() {
  const part = (name) => document.createElement(name);
  const parts = Object.fromEntries(
    ["play", "script", "steps", "step", "verdict", "sequence", "details", "presets", "transcripts", "paste", "copy"].map((name) => [name, part(`wire-${name}`)]));
  const radios = [["text", "text"], ["steps", "step by step"]].map(([value, words]) =>
    h("label", { className: "choice" }, h("input", { type: "radio", name: "wire-mode", value }), words));
  const mode = h("div", { className: "choices", role: "radiogroup", "aria-label": "Scenario as" }, radios);
  const views = [["conversation", "Conversation"], ["step", "Step"]].map(([value, words]) =>
    h("label", { className: "choice" }, h("input", { type: "radio", name: "wire-view", value }), words));
  const view = h("div", { className: "choices", role: "radiogroup", "aria-label": "In the middle" }, views);

  const main = h("main", { className: "wire-bench of-wire" },
    h("section", { className: "wire-bar", id: "wire-play", tabindex: "-1", "aria-label": "Play" }, parts.play),
    h("section", { className: "pane wire-scenario", id: "wire-scenario", tabindex: "-1", "aria-labelledby": "wire-scenario-title" },
      h("header", { className: "part-head" }, h("h2", { id: "wire-scenario-title" }, "Scenario"), mode), parts.script, parts.steps),
    h("section", { className: "pane wire-middle", id: "wire-middle", tabindex: "-1", "aria-label": "The conversation" },
      parts.verdict, view, parts.sequence, parts.step),
    h("section", { className: "pane wire-details", id: "wire-details", tabindex: "-1", "aria-label": "Details" }, parts.details),
    h("section", { className: "pane wire-presets", id: "wire-presets", tabindex: "-1", "aria-label": "Presets" }, parts.presets));
  const dock = h("section", { className: "dock of-wire", id: "wire-transcripts", tabindex: "-1", "aria-label": "Transcripts" }, parts.transcripts);

  document.querySelector("main.of-craft").after(main);
  document.querySelector("#exchange").after(dock);
  for (const name of ["paste", "copy"]) parts[name].classList.add("of-wire");
  document.querySelector(".top-tools fc-copy").after(parts.paste, parts.copy);
  return {
    parts, main, dock, mode, view,
    panes: ["wire-play", "wire-scenario", "wire-middle", "wire-details", "wire-presets", "wire-transcripts"],
  };
}
