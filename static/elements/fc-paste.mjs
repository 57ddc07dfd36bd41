// <fc-paste>: from bytes that somebody has to frames. A button opens a dialog
// for text in any usual style, which says at once what it takes the text for;
// pasting anywhere on the page outside of inputs does without the dialog, and a
// file can be dropped. What a text is, and where it is wrong, Go decides.

import { shownBench } from "../benches.mjs";
import { Part, count, h, setShown, setText } from "../dom.mjs";

const previewAfter = 120;

class FcPaste extends Part {
  #parts;
  #timer = 0;
  #listen = null;
  #dragged = 0;

  build() {
    const button = h("button", { type: "button", "aria-haspopup": "dialog", onclick: () => this.open() }, "Paste");
    const area = h("textarea", {
      id: "paste-text",
      class: "mono",
      rows: "10",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      placeholder: '81 85 37 fa 21 3d 7f 9f 4d 51 58\n0000  81 05 48 65 6c 6c 6f   ..Hello\ngQVIZWxsbw==\ntext "Hello"',
      "aria-describedby": "paste-about paste-result",
      oninput: () => this.#preview(),
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          this.#load();
        }
      },
    });
    const result = h("p", { class: "paste-result", id: "paste-result", role: "status" });
    const load = h("button", { type: "submit", class: "primary" }, "Load");
    const dialog = h(
      "dialog",
      { class: "sheet paste-sheet", "aria-labelledby": "paste-title" },
      h(
        "form",
        {
          method: "dialog",
          onsubmit: (event) => {
            event.preventDefault();
            this.#load();
          },
        },
        h("h2", { id: "paste-title" }, "Paste to decode"),
        h("p", { id: "paste-about", class: "muted" }, "Hex in any style, a hexdump or a Wireshark dump with offsets, base64, or notation."),
        h("label", { class: "visually-hidden", for: "paste-text" }, "Bytes or notation"),
        area,
        result,
        h("div", { class: "sheet-actions" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), load),
      ),
    );
    const drop = h("div", { class: "drop-hint", hidden: true }, h("p", {}, "Drop the file to read its bytes as frames"));
    this.append(button, dialog, drop);
    this.#parts = { button, area, result, load, dialog, drop };
  }

  connectedCallback() {
    super.connectedCallback();
    this.#listen = new AbortController();
    const on = (type, take) => document.addEventListener(type, take, { signal: this.#listen.signal });
    on("paste", (event) => this.#pasted(event));
    on("dragenter", (event) => this.#drag(event, 1));
    on("dragleave", (event) => this.#drag(event, -1));
    on("dragover", (event) => {
      if (carriesFile(event)) event.preventDefault();
    });
    on("drop", (event) => this.#dropped(event));
  }

  disconnectedCallback() {
    this.#listen.abort();
  }

  open(text = "") {
    const { area, dialog, result } = this.#parts;
    if (dialog.open) return;
    area.value = text;
    area.removeAttribute("aria-invalid");
    setText(result, "");
    dialog.showModal();
    area.focus();
    if (text !== "") this.#preview();
  }

  paint(state, before) {
    if (!state.pasted || state.pasted === before?.pasted) return;
    const { dialog, area } = this.#parts;
    const { text, error, preview } = state.pasted;
    if (!preview && !error) {
      dialog.close();
      this.intend({ do: "announce", text: `Loaded: ${foundWords(state.pasted)}.` });
      return;
    }
    // A paste on the page that nobody could read opens the dialog, with the text and the reason.
    if (!preview && !dialog.open) {
      area.value = text ?? "";
      dialog.showModal();
      area.focus();
    }
    if (preview && area.value !== text) return;
    this.#say(state.pasted);
  }

  #say(pasted) {
    const { area, result, load } = this.#parts;
    const wrong = Boolean(pasted.error);
    result.classList.toggle("error", wrong);
    setText(result, wrong ? pasted.error : `Recognised as ${foundWords(pasted)}.`);
    setText(load, wrong || !pasted.frames ? "Load" : `Load ${count(pasted.frames, "frame")}`);
    if (wrong) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
  }

  #preview() {
    clearTimeout(this.#timer);
    const { area, result, load } = this.#parts;
    if (area.value.trim() === "") {
      area.removeAttribute("aria-invalid");
      result.classList.remove("error");
      setText(result, "");
      setText(load, "Load");
      return;
    }
    this.#timer = setTimeout(() => this.intend({ do: "pasted", text: area.value, preview: true }), previewAfter);
  }

  #load() {
    clearTimeout(this.#timer);
    const { area, result } = this.#parts;
    if (area.value.trim() === "") {
      result.classList.add("error");
      setText(result, "There is nothing to read yet.");
      area.focus();
      return;
    }
    this.intend({ do: "pasted", text: area.value });
  }

  #pasted(event) {
    if (event.defaultPrevented || shownBench() !== "craft" || this.#parts.dialog.open || takesText(event.target)) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.trim() === "") return;
    event.preventDefault();
    this.intend({ do: "pasted", text });
  }

  #drag(event, step) {
    if (!carriesFile(event)) return;
    this.#dragged = Math.max(0, this.#dragged + step);
    setShown(this.#parts.drop, this.#dragged > 0);
  }

  async #dropped(event) {
    if (!carriesFile(event)) return;
    event.preventDefault();
    this.#dragged = 0;
    setShown(this.#parts.drop, false);
    const file = event.dataTransfer.files[0];
    const limit = this.state?.catalog?.messageLimit ?? 0;
    if (!file || file.size > limit) {
      this.intend({ do: "announce", text: file ? `${file.name} has ${count(file.size, "byte")}; at most ${limit.toLocaleString("en")} can be read.` : "That was not a file." });
      return;
    }
    try {
      if (file.type.startsWith("text/")) this.intend({ do: "pasted", text: await file.text() });
      else this.intend({ do: "recover", bytes: new Uint8Array(await file.arrayBuffer()), name: file.name });
    } catch (error) {
      this.intend({ do: "announce", text: `${file.name} cannot be read: ${error.message}` });
    }
  }
}

function foundWords({ recognised, length, frames }) {
  const inside = frames === undefined ? "" : `, ${count(frames, "frame")}`;
  return `${recognised}: ${count(length ?? 0, "byte")}${inside}`;
}

function carriesFile({ dataTransfer }) {
  return shownBench() === "craft" && (dataTransfer?.types.includes("Files") ?? false);
}

function takesText(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=grid]") !== null;
}

customElements.define("fc-paste", FcPaste);
