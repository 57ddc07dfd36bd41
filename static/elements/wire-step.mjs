// One step of the scenario to be edited: its text, and for a frame the whole of
// Craft's views, of which each edits the text.

import { h, resize, setAttribute, setShown, setText, uniqueId } from "../dom.mjs";
import { isFrame, stepAt, stepsOf, textOf } from "../wire/script.mjs";
import { WirePart } from "../wire/wire-part.mjs";

/** What a step of a kind can say: a click takes it over. */
const examples = {
  handshake: ["handshake", "handshake\n  with Origin: null", "handshake\n  with Sec-WebSocket-Extensions: permessage-deflate", "handshake\n  without Upgrade", "handshake GET /chat HTTP/1.0"],
  expect: ["expect message", 'expect text "Hello"', "expect status 101", "expect close 1000", "expect close 1002 or 1007", "expect pong", "expect silence 100ms", "expect end", "expect no rule"],
  wait: ["wait 50ms", "wait 1s"],
  chop: ["chop 1", "chop off"],
  pong: ["pong off", "pong on"],
  end: ["end", "reset"],
  reset: ["end", "reset"],
};

class StepEditor extends WirePart {
  #typing = false;

  build() {
    const errorId = uniqueId("step-error");
    this.heading = h("h2", {}, "");
    this.area = h("textarea", {
      className: "mono step-text", spellcheck: "false", autocomplete: "off", autocapitalize: "off", rows: "2",
      "aria-label": "Text of the step", "aria-describedby": errorId, oninput: () => this.#typed(),
    });
    this.error = h("p", { className: "error-line", id: errorId }, "");
    this.examples = h("div", { className: "step-examples", role: "group", "aria-label": "What this step can say", onclick: (event) => this.#take(event) });
    this.plain = h("div", { className: "step-plain" }, this.area, this.examples);
    this.hint = h("p", { className: "muted step-hint" }, "");
    this.bits = document.createElement("wire-bits");
    this.none = h("p", { className: "muted" }, "Choose a step on the left, or add one.");
    this.append(h("header", { className: "panel-head" }, this.heading), this.none, this.plain, this.error, this.hint, this.bits);
  }

  shows({ mode }) {
    return mode === "steps";
  }

  paint(state) {
    const steps = stepsOf(state.scenario);
    const step = steps[stepAt(steps, state.line)] ?? null;
    setShown(this.none, step === null);
    setShown(this.heading, step !== null);
    const frame = isFrame(step) && state.stepReading !== null;
    setShown(this.bits, Boolean(frame));
    setShown(this.plain, step !== null && !frame);
    setText(this.error, state.error ? `${state.error.message[0].toUpperCase()}${state.error.message.slice(1)}.` : "");
    setShown(this.error, state.error !== null && !frame);
    if (step === null) return;
    setText(this.heading, step.line === step.lastLine ? `Step in line ${step.line}: ${step.kind}` : `Step in lines ${step.line} to ${step.lastLine}: ${step.kind}`);
    setAttribute(this.area, "aria-invalid", state.error ? "true" : null);
    const text = textOf(state.good, step);
    const choices = examples[step.kind] ?? [];
    const buttons = resize(this.examples, choices.length, () => h("button", { type: "button", className: "small mono" }, ""));
    choices.forEach((choice, index) => setText(buttons[index], choice));
    if (!this.#typing && !state.error && this.area.value !== text) this.area.value = text;
    setAttribute(this.area, "rows", Math.max(2, this.area.value.split("\n").length));
    const draws = frame && step.kind === "frame" && !/\b(mask=|nomask\b)/.test(text) && state.scenario.role === "client";
    setText(this.hint, draws ? "Without mask= each play draws a masking key; the one shown here is an example until something is changed." : "");
    setShown(this.hint, draws);
    if (frame) this.bits.state = { ...state.stepReading, error: state.stepError };
  }

  #typed() {
    this.#typing = true;
    this.intend({ do: "step-text", text: this.area.value, kind: "step" });
    this.#typing = false;
  }

  #take(event) {
    const text = event.target.closest?.("button")?.textContent;
    if (text) this.intend({ do: "step-text", text });
  }

  /** The focus into what is edited here. */
  edit() {
    (this.bits.hidden ? this.area : this.bits.querySelector("fc-notation textarea"))?.focus();
  }
}

customElements.define("wire-step", StepEditor);
