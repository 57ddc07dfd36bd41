// How long an edit takes until it is painted, as performance measures named
// "edit-to-paint", for tests and for whoever opens the developer tools. The end
// is the first task after the frame was drawn; "edit-work" ends before the
// browser waits for its next frame, so the difference is the display's pace.

const channel = new MessageChannel();
let waiting = [];

channel.port1.onmessage = () => {
  const end = performance.now();
  for (const start of waiting.splice(0)) performance.measure("edit-to-paint", { start, end });
};

/** Call after the nodes were written, with the time when the edit began. */
export function painted(start) {
  performance.measure("edit-work", { start, end: performance.now() });
  waiting.push(start);
  if (waiting.length === 1) requestAnimationFrame(() => channel.port2.postMessage(null));
  // Entries would pile up in a page that stays open all day.
  if (performance.getEntriesByName("edit-work").length > 1000) {
    performance.clearMeasures("edit-work");
    performance.clearMeasures("edit-to-paint");
  }
}
