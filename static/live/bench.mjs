// The nodes of the Live workbench, made when it is first opened, and its style
// sheet. Everything with a `state` gets the snapshots.

import { h } from "../dom.mjs";
import "../elements/live-away.mjs";
import "../elements/live-gauges.mjs";
import "../elements/live-headline.mjs";
import "../elements/live-myth.mjs";
import "../elements/live-opener.mjs";
import "../elements/live-plots.mjs";
import "../elements/live-table.mjs";
import "../elements/live-tuple.mjs";

const sheet = "/css/live.css";

/** Loads the style sheet; nothing is shown without it. */
export function loadStyles() {
  return new Promise((resolve, reject) => {
    document.head.append(h("link", { rel: "stylesheet", href: sheet, onload: () => resolve(), onerror: () => reject(new Error(`${sheet} did not load`)) }));
  });
}

/** Puts the workbench into the page. Answers its root, its panes and all its parts. */
export function makeBench() {
  const parts = Object.fromEntries(["away", "headline", "opener", "gauges", "plots", "tuple", "myth", "table"].map((name) => [name, document.createElement(`live-${name}`)]));
  const pane = (name, title, ...content) =>
    h("section", { className: `pane live-pane-${name}`, id: `live-${name}`, tabindex: "-1", "aria-labelledby": `live-${name}-title` },
      h("header", { className: "part-head" }, h("h2", { id: `live-${name}-title` }, title)), content);

  const main = h("main", { className: "live-bench of-live" },
    h("section", { className: "live-now", id: "live-now", tabindex: "-1", "aria-label": "Now" }, parts.away, parts.headline, parts.opener),
    h("div", { className: "live-side" }, pane("limits", "What they take", parts.gauges), pane("plots", "The last minutes", parts.plots)),
    pane("tuple", "Two connections, four values each", parts.tuple),
    pane("myth", "Why not 65,535?", parts.myth),
    pane("table", "Your connections", parts.table));

  document.querySelector("main.of-craft").after(main);
  return { parts, main, panes: ["live-now", "live-limits", "live-plots", "live-tuple", "live-myth", "live-table"] };
}
