// The conversation as a sequence diagram: two lines for client and server, time
// from top to bottom, an arrow for each frame and head, a sign for each TCP event,
// expectations in the margin. Silences are folded, or drawn to scale.
//
// Only the rows in sight exist: row r lives in slot r mod pool (as in
// bytegrid.mjs), and a slot is written only when it shows another row than
// before. Scrolling itself is the browser's. track.mjs knows where rows stand,
// sequence-row.mjs what a row looks like.
//
// The diagram is a listbox with the focus on itself; the arrow keys choose.

import { count, draw, h, setAttribute, setShown, setText } from "../dom.mjs";
import { Track } from "../wire/track.mjs";
import { WirePart } from "../wire/wire-part.mjs";
import { SequenceRow, measures } from "./sequence-row.mjs";

const rowRem = 2.5;
const foldRem = 2;
const spareRows = 6;
/** So close to the end, new rows are followed. */
const nearEnd = 80;

class Sequence extends WirePart {
  #pool = [];
  #track = null;
  #rows = [];
  #conversation = null;
  #mode = "";
  #version = 0;
  #width = 0;
  #height = 0;
  #scroll = 0;
  #rem = 16;
  #measures = measures(640, 16, 7.2);
  #chosen = -1;

  build() {
    this.client = h("span", { className: "seq-end mono" }, "");
    this.server = h("span", { className: "seq-end mono" }, "");
    this.ends = h("div", { className: "seq-ends" }, h("span", { className: "seq-axis muted" }, "time"), this.client, this.server);
    this.sample = draw("text", { class: "seq-label seq-sample", "aria-hidden": "true" }, "0123456789");
    this.drawing = draw("svg", { class: "seq-drawing", role: "presentation" }, this.sample);
    this.space = h("div", { className: "seq-space", role: "presentation" }, this.drawing);
    this.scroller = h("div", {
      className: "seq-scroll",
      role: "listbox",
      tabindex: "0",
      id: "sequence",
      "aria-label": "Conversation, one row an event",
      onscroll: () => this.#scrolled(),
      onkeydown: (event) => this.#key(event),
      onclick: (event) => this.#clicked(event),
    }, this.space);
    this.empty = h("div", { className: "seq-empty" },
      h("p", {}, "Nothing played yet."),
      h("p", { className: "muted" }, "Play sends the scenario's bytes over real TCP, as they are, and draws here what went each way and when: an arrow for each frame, the opening handshake, TCP's own events, and whether each expectation was met."));
    this.scale = h("button", { type: "button", className: "small", onclick: () => this.intend({ do: "scale" }) }, "To scale");
    this.size = h("span", { className: "muted" }, "");
    this.append(
      h("header", { className: "panel-head" }, h("h2", {}, "Conversation"), this.size, this.scale),
      this.ends, this.scroller, this.empty);
    new ResizeObserver(([entry]) => this.#resized(entry.contentRect)).observe(this.scroller);
  }

  #resized({ width, height }) {
    this.#height = height;
    if (width === 0) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const letter = this.sample.getComputedTextLength() / 10 || 7.2;
    if (width !== this.#width || rem !== this.#rem) {
      this.#width = width;
      this.#rem = rem;
      this.#measures = measures(width, rem, letter);
      this.#version++;
      this.#layOut();
    }
    this.#draw();
  }

  paint(state) {
    const conversation = state.shown?.conversation ?? null;
    const rows = conversation?.rows ?? [];
    setShown(this.empty, rows.length === 0);
    setShown(this.scroller, rows.length > 0);
    setShown(this.ends, rows.length > 0);
    setShown(this.scale, rows.length > 0);
    setAttribute(this.scale, "aria-pressed", String(state.scale === "scale"));
    setText(this.size, rows.length === 0 ? "" : sizeText(conversation));
    const chosen = state.chosen;
    if (conversation !== this.#conversation || state.scale !== this.#mode) {
      const grows = this.#conversation !== null && state.play.phase !== "idle" && rows.length >= this.#rows.length;
      const atEnd = this.#track === null || this.#scroll + this.#height > this.#track.total - nearEnd;
      this.#conversation = conversation;
      this.#rows = rows;
      this.#mode = state.scale;
      this.#version++;
      this.#paintEnds(conversation);
      this.#layOut();
      if (!grows) this.#scrollTo(chosen >= 0 ? this.#track.top[chosen] - this.#height / 3 : 0);
      else if (atEnd) this.#scrollTo(this.#track.total - this.#height);
    }
    if (chosen !== this.#chosen) {
      this.#chosen = chosen;
      if (chosen >= 0) this.#reveal(chosen);
    }
    this.#draw();
  }

  #paintEnds(conversation) {
    const open = conversation?.rows.find(({ kind }) => kind === "open");
    const [client = "", server = ""] = (open?.note ?? "").split(" ");
    setText(this.client, "client");
    setText(this.server, "server");
    setAttribute(this.client, "title", client || null);
    setAttribute(this.server, "title", server || null);
  }

  #layOut() {
    const rowHeight = rowRem * this.#rem;
    this.#track = new Track(this.#rows, { mode: this.#mode, rowHeight, foldHeight: foldRem * this.#rem });
    const height = this.#track.total + rowHeight / 2;
    this.space.style.setProperty("height", `${height}px`);
    setAttribute(this.drawing, "height", height);
    setAttribute(this.drawing, "width", this.#width);
    const { client, server } = this.#measures;
    this.client.style.setProperty("left", `${client}px`);
    this.server.style.setProperty("left", `${server}px`);
  }

  #scrolled() {
    this.#scroll = this.scroller.scrollTop;
    this.#draw();
  }

  #scrollTo(y) {
    this.#scroll = Math.max(0, Math.min(y, this.#track.total - this.#height));
    this.scroller.scrollTop = this.#scroll;
  }

  #reveal(index) {
    const { top, gap, rowHeight } = this.#track;
    const above = top[index] - Math.min(gap[index], rowHeight);
    if (above < this.#scroll) this.#scrollTo(above);
    else if (top[index] + rowHeight * 1.5 > this.#scroll + this.#height) this.#scrollTo(top[index] + rowHeight * 1.5 - this.#height);
  }

  #draw() {
    if (this.#track === null || this.#rows.length === 0 || this.#width === 0) return;
    const { rowHeight } = this.#track;
    const inSight = Math.ceil(this.#height / rowHeight) + 2 * spareRows;
    const first = Math.max(0, this.#track.firstAt(this.#scroll) - spareRows);
    const last = Math.min(this.#rows.length, first + inSight);
    while (this.#pool.length < Math.min(inSight, this.#rows.length)) this.#pool.push(this.#makeRow());
    const size = this.#pool.length;
    const used = new Uint8Array(size);
    for (let index = first; index < last; index++) {
      used[index % size] = 1;
      this.#pool[index % size].show(this.#rows[index], {
        index,
        version: this.#version,
        chosen: index === this.#chosen,
        top: this.#track.top[index],
        gap: this.#track.gap[index],
        height: rowHeight,
        silence: index === 0 ? 0 : this.#rows[index].at - this.#rows[index - 1].at,
        folded: this.#mode === "folded",
        measures: this.#measures,
        role: this.state.shown.role,
        total: this.#rows.length,
        state: this.state,
      });
    }
    for (let slot = 0; slot < size; slot++) if (!used[slot]) this.#pool[slot].hide();
    const named = this.#chosen >= first && this.#chosen < last;
    setAttribute(this.scroller, "aria-activedescendant", named ? this.#pool[this.#chosen % size].node.id : null);
  }

  #makeRow() {
    const row = new SequenceRow(`sequence-row-${this.#pool.length}`);
    this.drawing.append(row.node);
    return row;
  }

  #clicked(event) {
    const node = event.target.closest?.(".seq-row");
    const slot = this.#pool.find((candidate) => candidate.node === node);
    if (slot) this.#choose(slot.index);
  }

  #choose(index) {
    this.intend({ do: "choose", index });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#rows.length === 0) return;
    const last = this.#rows.length - 1;
    const page = Math.max(1, Math.floor(this.#height / this.#track.rowHeight) - 1);
    const at = this.#chosen;
    const to = {
      ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: last,
    }[event.key];
    if (to !== undefined) this.#choose(Math.max(0, Math.min(last, to)));
    else if (event.key === "Enter" && at >= 0) this.intend({ do: "focus", pane: "wire-details" });
    else if (event.key === "Escape" && at >= 0) this.intend({ do: "choose", index: -1 });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function sizeText({ rowCount, rows, clientLength, serverLength }) {
  const more = rowCount > rows.length ? ` of ${rowCount.toLocaleString("en")}` : "";
  return `${count(rows.length, "event")}${more} · client ${count(clientLength, "byte")} · server ${count(serverLength, "byte")}`;
}

customElements.define("wire-sequence", Sequence);
