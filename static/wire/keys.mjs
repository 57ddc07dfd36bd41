// The Wire workbench's keys, in the form that keys.mjs listens with.

import { shownBench } from "../benches.mjs";

export function wireKeys(store, intend, { parts, panes }) {
  const page = (detail) => document.dispatchEvent(new CustomEvent("intent", { detail }));
  return {
    bench: "wire",
    panes,
    letters: {
      "?": () => page({ do: "help" }),
      c: () => shownBench() === "wire" && page({ do: "bench", bench: "craft" }),
      l: () => shownBench() === "wire" && page({ do: "bench", bench: "live" }),
      e: () => (store.state.mode === "text" ? parts.script.edit() : parts.step.edit()),
      t: () => intend({ do: "mode", mode: store.state.mode === "text" ? "steps" : "text" }),
      s: () => intend({ do: "step" }),
      g: () => intend({ do: "go" }),
      ".": () => intend({ do: "stop" }),
      n: () => intend({ do: "step-add", what: "frame" }),
      x: () => intend({ do: "step-add", what: "expect" }),
      r: () => intend({ do: "step-add", what: "bytes" }),
      d: () => intend({ do: "step-edit", what: "duplicate" }),
      p: () => parts.paste.open(),
      j: () => intend({ do: "choose-by", by: 1 }),
      k: () => intend({ do: "choose-by", by: -1 }),
      "/": () => document.querySelector("wire-presets input")?.focus(),
    },
    enter: () => intend({ do: "play" }),
    undo: () => intend({ do: "undo" }),
    redo: () => intend({ do: "redo" }),
    move: (by) => {
      const inList = document.activeElement.closest?.("wire-steps ol");
      intend({ do: "step-edit", what: by < 0 ? "up" : "down" });
      if (inList) parts.steps.focusChosen();
    },
  };
}
