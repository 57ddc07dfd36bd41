// The session's connections, a row each, as they come and go. Rows keep their
// nodes, so a report costs what it changes. A row can be chosen, to be compared
// with another one; arrow keys walk over them.

import { count, digits, h, setAttribute, setShown, setText } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";
import { isNew } from "../live/rows.mjs";
import { ageText, bytesText, countText, unknown } from "../live/units.mjs";

const columns = [
  ["fd", "fd"], ["what", "Route"], ["remote", "Source"], ["local", "Destination"], ["age", "Age"], ["state", "State"],
  ["in", "In, frames"], ["out", "Out, frames"], ["memory", "Memory"],
];

/** What a cell begins with where there is no room for the head. */
const short = { fd: "fd", remote: "from", local: "to", age: "age", in: "in", out: "out", memory: "memory" };

const states = { open: "● open", closing: "◐ closing", draining: "◑ draining", ended: "× ended" };

class Table extends LivePart {
  #nodes = new Map();
  #spare = [];
  /** The id of the row that Tab comes to. */
  #tabbed = null;

  build() {
    this.count = h("p", { className: "muted rows-count" }, "");
    // Roles are said aloud, because rows that are laid out as grids lose those that they have.
    this.body = h("tbody", { role: "rowgroup", onclick: (event) => this.#clicked(event), onkeydown: (event) => this.#key(event), onfocusin: (event) => this.#focused(event) });
    this.table = h("table", { className: "rows mono", role: "table", "aria-label": "Your connections, your pages’ own first, the newest first" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map(([name, words]) => h("th", { role: "columnheader", scope: "col", className: `cell-${name}` }, words)))),
      this.body);
    this.more = h("p", { className: "muted rows-more" }, "");
    this.append(this.count, h("div", { className: "rows-scroll", tabindex: "-1" }, this.table, this.more));
  }

  paint({ rows, report, chosen }, before) {
    if (before && before.rows === rows && before.chosen === chosen) return;
    setShown(this.table, rows !== null);
    setShown(this.more, rows !== null && report.more > 0);
    if (rows === null) {
      setText(this.count, "They are listed as soon as the server reports.");
      return;
    }
    const { totals, more, at } = report;
    const others = totals.live - totals.own;
    setText(this.count, [
      `${count(totals.own, "connection")} of yours.`,
      others > 0 && `${digits(others)} of others are only counted.`,
      rows.some(({ proxy }) => proxy) && "What comes by a proxy has the proxy’s address and port: your browser’s connection ends there, and this one begins.",
    ].filter(Boolean).join(" "));
    setText(this.more, `and ${digits(more)} more, which are older`);
    this.#release(new Set(rows.map(({ id }) => id)));
    let next = this.body.firstChild;
    for (const row of rows) {
      const node = this.#node(row.id);
      if (node === next) next = node.nextSibling;
      else this.body.insertBefore(node, next);
      write(node, row, at, chosen.includes(row.id));
    }
    if (!this.#nodes.has(this.#tabbed)) this.#tabbed = rows[0]?.id ?? null;
    for (const [id, { parts }] of this.#nodes) setAttribute(parts.choose, "tabindex", id === this.#tabbed ? "0" : "-1");
  }

  /** Takes away the rows whose ids are not among these; their nodes are used again. */
  #release(ids) {
    for (const [id, node] of this.#nodes) {
      if (ids.has(id)) continue;
      if (node.contains(document.activeElement)) (node.nextSibling ?? node.previousSibling)?.parts.choose.focus();
      node.remove();
      this.#nodes.delete(id);
      this.#spare.push(node);
    }
  }

  #node(id) {
    let node = this.#nodes.get(id);
    if (!node) {
      node = this.#spare.pop() ?? makeRow();
      node.connection = id;
      this.#nodes.set(id, node);
    }
    return node;
  }

  /** Goes to the next row, or to the one before. */
  walk(by) {
    const now = this.#nodes.get(this.#tabbed);
    const inside = this.body.contains(document.activeElement);
    const to = inside ? (by > 0 ? now?.nextSibling : now?.previousSibling) : now;
    to?.parts.choose.focus();
  }

  #clicked(event) {
    const row = event.target.closest?.("tr");
    // A pointer that selects text chooses nothing; a key does, whatever is selected.
    if (row && (event.detail === 0 || getSelection().isCollapsed)) this.intend({ do: "choose", id: row.connection });
  }

  #focused(event) {
    const row = event.target.closest("tr");
    if (!row || row.connection === this.#tabbed) return;
    const before = this.#nodes.get(this.#tabbed);
    if (before) setAttribute(before.parts.choose, "tabindex", "-1");
    this.#tabbed = row.connection;
    setAttribute(row.parts.choose, "tabindex", "0");
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "ArrowDown") this.walk(1);
    else if (event.key === "ArrowUp") this.walk(-1);
    else if (event.key === "Home") this.body.firstChild?.parts.choose.focus();
    else if (event.key === "End") this.body.lastChild?.parts.choose.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Cells with two texts. */
const pair = (className) => () => [document.createTextNode(""), h("span", { className }, document.createTextNode(""))];
const pairs = { what: pair("cell-own"), remote: pair("cell-own"), in: pair("cell-frames"), out: pair("cell-frames") };

function makeRow() {
  const parts = { choose: h("button", { type: "button", className: "row-choose" }, "") };
  const cells = columns.map(([name]) => {
    if (name !== "fd") parts[name] = name in pairs ? pairs[name]() : [document.createTextNode("")];
    return h("td", { role: "cell", className: `cell-${name}`, "data-short": short[name] }, name === "fd" ? parts.choose : parts[name]);
  });
  return Object.assign(h("tr", { role: "row" }, cells), { parts });
}

function write(node, row, at, chosen) {
  const { parts } = node;
  const ended = row.ended !== null;
  const fd = row.fd === null ? unknown : String(row.fd);
  setText(parts.choose, fd);
  setAttribute(parts.choose, "aria-pressed", chosen ? "true" : "false");
  setAttribute(parts.choose, "aria-label", `compare fd ${fd}, ${row.remote}`);
  setTexts(parts.what, row.route, ` ${row.own}`);
  setTexts(parts.remote, row.remote, row.proxy ? " proxy" : "");
  setTexts(parts.local, row.local);
  setTexts(parts.age, ageText(row.age));
  setTexts(parts.state, isNew(row, at) ? "+ new" : (states[row.state] ?? `○ ${row.state}`));
  setFrames(parts.in, row.bytesIn, row.framesIn);
  setFrames(parts.out, row.bytesOut, row.framesOut);
  setTexts(parts.memory, bytesText(row.memory));
  setAttribute(node, "data-state", ended ? "ended" : isNew(row, at) ? "new" : row.state);
  setAttribute(node, "data-own", row.own);
  setAttribute(node, "data-chosen", chosen);
}

/** Where there is no head above, the style sheet puts the unit behind the number. */
function setFrames(texts, bytes, frames) {
  setTexts(texts, bytesText(bytes), `, ${countText(frames)}`);
  setAttribute(texts[1], "data-unit", frames === 1 ? "frame" : "frames");
}

function setTexts([first, second], text, more) {
  if (first.data !== text) first.data = text;
  if (second && second.firstChild.data !== more) second.firstChild.data = more;
}

customElements.define("live-table", Table);
