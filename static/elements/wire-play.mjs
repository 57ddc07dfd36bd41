// What the scenario is played against, and the buttons that play it: at once, or
// step by step. While it plays, how far it is; when it could not be played, why.

import { count, h, setAttribute, setShown, setText, uniqueId } from "../dom.mjs";
import { timeText } from "../wire/rows.mjs";
import { WirePart } from "../wire/wire-part.mjs";

const kinds = [["echo", "echo, built in"], ["client", "client, built in"], ["address", "a server of yours"]];

class Play extends WirePart {
  #kind = "";
  #options = null;
  /** Whether the focus went to Stop by itself. */
  #moved = false;

  build() {
    this.kind = h("select", { "aria-label": "Target", id: uniqueId("target-kind"), onchange: () => this.#chooseKind() },
      kinds.map(([value, words]) => h("option", { value }, words)));
    this.rest = h("input", {
      type: "text", className: "mono", autocomplete: "off", autocapitalize: "off", spellcheck: "false", inputmode: "url",
      "aria-describedby": "target-about", oninput: () => this.#typed(),
    });
    this.lead = h("span", { className: "target-prefix mono muted", "aria-hidden": "true" }, "");
    this.about = h("p", { className: "muted target-about", id: "target-about" }, "");
    this.list = h("dl", {});
    this.parameters = h("details", { className: "target-parameters", ontoggle: () => this.parameters.open && this.intend({ do: "options" }), onkeydown: (event) => this.#closes(event) },
      h("summary", {}, "Parameters"), this.list);
    const button = (words, action, properties = {}) =>
      h("button", { type: "button", onclick: () => this.intend({ do: action }), ...properties }, words);
    this.play = button("Play", "play", { className: "primary play-button", "aria-keyshortcuts": "Control+Enter", title: "Control + Enter", "aria-describedby": "play-says" });
    this.pause = button("Step by step", "pause", { title: "Wait before each step" });
    this.step = button("Step", "step", { className: "primary", "aria-keyshortcuts": "s", title: "Play the next step (s)" });
    this.go = button("Go on", "go", { "aria-keyshortcuts": "g", title: "Play the rest (g)" });
    this.stop = button("Stop", "stop", { title: "Stop playing (.)", "aria-keyshortcuts": "." });
    this.buttons = h("div", { className: "play-buttons", role: "group", "aria-label": "Play" }, this.play, this.pause, this.step, this.go, this.stop);
    this.bar = h("progress", { "aria-label": "Steps played" });
    this.says = h("p", { className: "play-says", id: "play-says", role: "status" }, "");
    this.sign = h("span", { className: "play-sign", "aria-hidden": "true" }, "");
    this.append(
      h("div", { className: "play-target" },
        h("label", { className: "play-title", for: this.kind.id }, "Play against"),
        this.kind, h("span", { className: "target-rest" }, this.lead, this.rest), this.parameters),
      this.buttons,
      h("div", { className: "play-progress" }, this.bar, this.sign, this.says),
      this.about);
  }

  paint(state) {
    const { target, play } = state;
    const kind = kindOf(target);
    const changed = kind !== this.#kind;
    this.#kind = kind;
    if (this.kind.value !== kind) this.kind.value = kind;
    const rest = restOf(target, kind);
    if (document.activeElement !== this.rest && this.rest.value !== rest) this.rest.value = rest;
    if (changed) this.#paintKind(kind);
    this.#paintParameters(state, kind);

    const idle = play.phase === "idle";
    const paused = play.phase === "paused";
    const hadFocus = this.buttons.contains(document.activeElement);
    setShown(this.play, idle);
    setShown(this.pause, idle);
    setShown(this.step, paused);
    setShown(this.go, paused);
    setShown(this.stop, !idle);
    setAttribute(this.stop, "aria-disabled", play.phase === "stopping" ? "true" : null);
    // The button that was pressed may be gone; the focus goes to the one in its place.
    // Until the server waits, that is Stop: it leads on to Step, or Enter would stop what it began.
    const moved = hadFocus && (document.activeElement === document.body || document.activeElement.hidden);
    if (moved) [...this.buttons.children].find((one) => !one.hidden)?.focus();
    else if (paused && this.#moved && document.activeElement === this.stop) this.step.focus();
    this.#moved = moved || (this.#moved && document.activeElement === this.stop && !paused);
    this.kind.disabled = this.rest.disabled = !idle;
    const why = state.error ? "The scenario cannot be read, so nothing can be played." : "";
    setAttribute(this.play, "aria-disabled", why ? "true" : null);
    setAttribute(this.pause, "aria-disabled", why ? "true" : null);

    setShown(this.bar, !idle);
    if (play.steps > 0) {
      this.bar.max = play.steps;
      this.bar.value = play.done;
    } else this.bar.removeAttribute("value");
    const [sign, says, weight] = this.#words(state, why);
    setText(this.sign, sign);
    setText(this.says, says);
    setAttribute(this, "data-weight", weight);
    setAttribute(this, "data-phase", play.phase);
  }

  #words({ play, shown }, why) {
    if (play.phase === "connecting") return ["", "Asking the server …", ""];
    if (play.phase === "stopping") return ["", "Stopping …", ""];
    const entries = shown?.conversation ? count(shown.conversation.rows.length, "event") : "nothing yet";
    const time = shown?.conversation ? `, ${timeText(shown.conversation.duration ?? 0)}` : "";
    if (play.phase === "paused") return ["❙❙", `${play.line ? `Before line ${play.line}` : "Waiting"}: ${entries}${time}.`, ""];
    if (play.phase === "playing") return ["", `${play.done} of ${count(play.steps, "step")}, ${entries}${time}.`, ""];
    if (play.problem) return ["!", play.problem, "danger"];
    if (why) return ["!", why, "danger"];
    return ["", "", ""];
  }

  #paintKind(kind) {
    setText(this.lead, kind === "echo" ? "?" : "");
    setShown(this.rest.parentNode, kind !== "client");
    setAttribute(this.rest, "placeholder", kind === "echo" ? "deflate=off&delay=200ms" : "ws://127.0.0.1:9000/");
    setAttribute(this.rest, "aria-label", kind === "echo" ? "Query of the echo endpoint" : "Address of the server");
    setText(this.about, {
      echo: "",
      client: "The built-in client connects to the scenario, which plays the server: let it begin with “role server”.",
      address: "The server dials only what its operator allowed: start it with -allow host:port for each address.",
    }[kind]);
    setShown(this.about, this.about.textContent !== "");
  }

  #paintParameters({ options }, kind) {
    setShown(this.parameters, kind === "echo");
    if (options === this.#options) return;
    this.#options = options;
    if (typeof options === "string") this.list.replaceChildren(h("div", {}, h("dd", {}, options)));
    else {
      this.list.replaceChildren(...options.map(({ name, values, meaning, example }) =>
        h("div", {}, h("dt", { className: "mono" }, name),
          h("dd", {}, h("p", {}, meaning), h("p", { className: "muted" }, `Takes ${values}.`), this.#example(example)))));
    }
  }

  /** A parameter with a value: a button that takes it over. */
  #example(example) {
    return h("button", { type: "button", className: "link mono", title: "Add it to the query", onclick: () => this.#add(example) }, example);
  }

  #add(example) {
    const name = example.slice(0, example.indexOf("="));
    const others = this.rest.value.split("&").filter((one) => one !== "" && !one.startsWith(`${name}=`));
    this.intend({ do: "target", target: `echo?${[...others, example].join("&")}` });
  }

  #closes(event) {
    if (event.key !== "Escape" || !this.parameters.open) return;
    this.parameters.open = false;
    this.parameters.firstElementChild.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  #chooseKind() {
    const kind = this.kind.value;
    this.intend({ do: "target", target: kind === "address" ? "ws://127.0.0.1:9000/" : kind });
    if (kind !== "client") this.rest.focus();
  }

  #typed() {
    const text = this.rest.value.trim();
    this.intend({ do: "target", target: this.#kind === "echo" ? (text === "" ? "echo" : `echo?${text.replace(/^\?/, "")}`) : text });
  }
}

function kindOf(target) {
  if (target === "client") return "client";
  return /^echo(\?|$)/.test(target) ? "echo" : "address";
}

function restOf(target, kind) {
  return kind === "echo" ? target.slice(5) : kind === "client" ? "" : target;
}

customElements.define("wire-play", Play);
