// The Live workbench's keys, in the form that keys.mjs listens with.

import { shownBench } from "../benches.mjs";

export function liveKeys(intend, { parts, panes }) {
  const page = (detail) => shownBench() === "live" && document.dispatchEvent(new CustomEvent("intent", { detail }));
  return {
    bench: "live",
    panes,
    letters: {
      "?": () => page({ do: "help" }),
      c: () => page({ do: "bench", bench: "craft" }),
      w: () => page({ do: "bench", bench: "wire" }),
      n: () => parts.opener.edit(),
      o: () => intend({ do: "open" }),
      x: () => intend({ do: "close" }),
      t: () => parts.plots.read(),
      j: () => parts.table.walk(1),
      k: () => parts.table.walk(-1),
    },
    enter: () => intend({ do: "open" }),
  };
}
