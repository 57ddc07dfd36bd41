// The page's keyboard shortcuts. Combinations with Ctrl (or Command) work
// everywhere but in dialogs; single letters only where nobody is typing. Grids
// and lists handle their own keys and stop them. Each workbench brings its own
// keys, which work while it is shown.

import { shownBench } from "./benches.mjs";

/** Where single letters are text. */
function takesText(node) {
  return node.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select, .bytes, dialog, [contenteditable]') !== null;
}

/** The keys of the Craft workbench. */
export function craftKeys(store, intend) {
  return {
    bench: "craft",
    panes: ["frames", "craft", "judge", "break", "exchange"],
    letters: {
      "?": () => intend({ do: "help" }),
      n: () => intend({ do: "add", what: "frame" }),
      r: () => intend({ do: "add", what: "bytes" }),
      d: () => intend({ do: "edit", op: `duplicate ${store.state.selected}` }),
      p: () => intend({ do: "paste" }),
      e: () => document.querySelector("fc-notation").edit(),
      w: () => intend({ do: "bench", bench: "wire" }),
      l: () => intend({ do: "bench", bench: "live" }),
      "/": () => document.querySelector("fc-break input")?.focus(),
      "[": () => intend({ do: "select", index: store.state.selected - 1 }),
      "]": () => intend({ do: "select", index: store.state.selected + 1 }),
    },
    enter: () => intend({ do: "send" }),
    undo: () => intend({ do: "undo" }),
    redo: () => intend({ do: "redo" }),
    move(by) {
      const { selected, view } = store.state;
      const to = selected + by;
      if (!view || to < 0 || to >= view.drafts.length) return;
      const inList = document.activeElement.closest?.("fc-frames ol");
      intend({ do: "edit", op: `move ${selected} ${to}` });
      if (inList) document.querySelector("fc-frames").focusSelected();
    },
  };
}

/** Listens for one workbench's keys: its panes for F6, what single letters do, and what the combinations do. */
export function listenToKeys({ bench, panes, letters, enter, undo, redo, move }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || shownBench() !== bench || document.querySelector("dialog[open]")) return;
    const run = shortcut(event) ?? (plain(event) && !takesText(event.target) ? letters[event.key] : undefined);
    if (!run) return;
    event.preventDefault();
    run();
  });

  function plain({ ctrlKey, metaKey, altKey }) {
    return !ctrlKey && !metaKey && !altKey;
  }

  function shortcut(event) {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "F6") return () => nextPane(event.shiftKey ? -1 : 1);
    if (move && event.altKey && !command && (key === "ArrowUp" || key === "ArrowDown")) return () => move(key === "ArrowUp" ? -1 : 1);
    if (!command || event.altKey) return undefined;
    if (key === "Enter") return enter;
    // In a search field, Ctrl+Z is about the search.
    if (event.target.matches?.('input[type="search"]')) return undefined;
    if (key === "z") return event.shiftKey ? redo : undo;
    if (key === "y") return redo;
    return undefined;
  }

  function nextPane(by) {
    const now = panes.findIndex((id) => document.getElementById(id).contains(document.activeElement));
    const to = now < 0 ? (by > 0 ? 0 : panes.length - 1) : (now + by + panes.length) % panes.length;
    document.getElementById(panes[to]).focus();
  }
}
