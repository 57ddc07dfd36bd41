// <fc-help>: the help sheet. What the three kinds of frame are that the page
// speaks of, every key it knows, and the notation by example; what belongs to the
// workbench that is shown stands first. A native dialog: Escape closes it, focus
// comes back to where it was.

import { shownBench } from "../benches.mjs";
import { Part, h } from "../dom.mjs";
import { liveKeys, liveWords } from "./help-live.mjs";
import { scenarioExamples, wireKeys, wireWords } from "./help-wire.mjs";

const words = [
  ["Draft", "a frame as you want it on the wire. Its fields are independent of each other, nothing is refused and nothing is repaired."],
  ["Crafted frame", "the bytes that the draft became. The diagram, the bytes and the report all speak of these."],
  ["Carrier frame", "the legal frame that the browser itself wraps around the crafted bytes when you send, because no page can write to TCP. The server takes it off and reads what is inside."],
];

const keys = [
  ["Everywhere", [
    [["Ctrl", "Enter"], "send"],
    [["Ctrl", "Z"], "undo"],
    [["Ctrl", "Shift", "Z"], "redo, also Ctrl Y"],
    [["Alt", "↑"], "move the frame up, with ↓ down"],
    [["F6"], "next pane, with Shift the one before"],
    [["?"], "this sheet"],
  ]],
  ["Outside of inputs and grids", [
    [["n"], "new frame"],
    [["r"], "new raw bytes"],
    [["d"], "duplicate the frame"],
    [["["], "previous frame, with ] the next"],
    [["/"], "search the presets"],
    [["e"], "edit the notation"],
    [["p"], "paste to decode; Ctrl V does it without the dialog"],
    [["w"], "to the Wire workbench, with l to Live"],
  ]],
  ["List of frames", [
    [["↑", "↓"], "select the frame above or below"],
    [["Home"], "the first frame, with End the last"],
    [["Delete"], "remove the frame, also Backspace"],
  ]],
  ["Frame diagram", [
    [["←", "→", "↑", "↓"], "walk over the bits"],
    [["Space"], "flip the bit, also Enter"],
    [["0"], "write 0, with 1 write 1"],
    [["Home"], "start of the row, with End its end; with Ctrl of the frame"],
  ]],
  ["Bytes", [
    [["←", "→", "↑", "↓"], "walk over the bytes"],
    [["0", "…", "f"], "type hex digits"],
    [["Insert"], "overwrite or insert"],
    [["Delete"], "delete, also Backspace"],
    [["Enter"], "from hex to ASCII and back"],
  ]],
  ["Break it", [
    [["↑", "↓"], "walk over the presets"],
    [["Enter"], "load the preset"],
    [["Esc"], "clear the search"],
  ]],
];

const notation = [
  ['text "Hello" mask=37fa213d', "a text frame with this masking key"],
  ['text nofin "Hel"', "FIN 0: the first fragment of a message"],
  ['continuation "lo"', "its last fragment"],
  ["ping hex:00ff", "a payload as hex digits"],
  ['close 1002 "bye"', "a status code and a reason"],
  ["binary len16 len=5 hex:0102", "the length form and the declared length, whatever the payload is"],
  ["opcode=3 rsv1 nomask hex:c1", "a reserved opcode, RSV1 set, no mask"],
  ['text mask=37fa213d xor=00000000 "Hi"', "a key on the wire, a payload that was never masked"],
  ['text "Hello" cut=2', "the last two bytes are missing"],
  ["bytes 81 85 37 fa", "anything at all"],
  ["binary repeat(ab,65536)", "a long payload"],
];

class FcHelp extends Part {
  #dialog;
  /** Places in the sheet, with what each workbench has there. */
  #places;

  build() {
    const list = (name, entries, mono) => h("dl", { class: name }, ...entries.map(([term, text]) => h("div", {}, h("dt", { class: mono ? "mono" : null }, term), h("dd", {}, text))));
    const groups = (entries) => h("div", { class: "help-keys" }, ...entries.map(([place, of]) => keyGroup(place, of)));
    this.#places = [
      {
        craft: section("Three kinds of frame", list("help-words", words)),
        wire: section("On the wire", list("help-words", wireWords)),
        live: section("Live connections", list("help-words", liveWords)),
      },
      { craft: groups(keys), wire: groups(wireKeys), live: groups(liveKeys) },
      {
        craft: section(
          "The notation, by example",
          h("p", { class: "muted" }, "One line is one frame. Words stand before the payload in any order; what is left out is as a legal frame has it. # begins a comment."),
          list("help-notation", notation, true),
        ),
        wire: section(
          "Scenarios, by example",
          h("p", { class: "muted" }, "One line is one step, and every line of the notation is one too. Nothing is sent that nobody said, but for the pongs that answer pings."),
          list("help-notation", scenarioExamples, true),
        ),
      },
    ].map((of) => ({ of, node: h("div", { class: "help-place" }, ...Object.values(of)) }));
    const [kinds, keyLists, examples] = this.#places.map(({ node }) => node);
    const close = h("button", { type: "button", onclick: () => this.#dialog.close() }, "Close");
    this.#dialog = h(
      "dialog",
      {
        class: "sheet help-sheet",
        "aria-labelledby": "help-title",
        onclick: (event) => {
          if (event.target === this.#dialog) this.#dialog.close();
        },
      },
      h("div", { class: "sheet-head" }, h("h2", { id: "help-title" }, "Help"), close),
      h(
        "div",
        { class: "sheet-body", tabindex: "0", role: "group", "aria-label": "Help text" },
        kinds,
        section("Keys", keyLists),
        examples,
        section(
          "The rules",
          h(
            "p",
            {},
            "Every rule names its section of ",
            h("a", { href: "https://www.rfc-editor.org/rfc/rfc6455", rel: "noreferrer", target: "_blank" }, "RFC 6455, The WebSocket Protocol"),
            ". The same Go code judges in this page and in the server; each send checks that both say the same.",
          ),
        ),
      ),
    );
    this.append(
      h("button", { type: "button", class: "icon", "aria-label": "Help", "aria-haspopup": "dialog", "aria-keyshortcuts": "?", title: "Help", onclick: () => this.open() }, "?"),
      this.#dialog,
    );
  }

  open() {
    if (this.#dialog.open) return;
    for (const { of, node } of this.#places) {
      node.append(...Object.values(of)); // in their order again
      const first = of[shownBench()];
      if (first) node.prepend(first);
    }
    this.#dialog.showModal();
  }

  paint() {
    // The sheet says the same whatever the state is.
  }
}

function section(title, ...content) {
  return h("section", {}, h("h3", {}, title), ...content);
}

function keyGroup(place, list) {
  return h(
    "div",
    { class: "help-key-group" },
    h("h4", {}, place),
    h("dl", {}, ...list.map(([caps, text]) => h("div", {}, h("dt", {}, ...caps.map((cap) => h("kbd", {}, cap))), h("dd", {}, text)))),
  );
}

customElements.define("fc-help", FcHelp);
