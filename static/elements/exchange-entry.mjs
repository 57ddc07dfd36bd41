// One entry of the exchange as nodes: a line that says what was sent and what
// came of it, and below it, once opened, the drawing and the two readings.
//
// The drawing keeps two frames apart that are easily confused: the carrier
// frame, which the browser made around the message, and inside it the crafted
// frames, which nobody but the server's inspector takes for frames. It is said
// in words as well, for everyone who does not see boxes.

import { count, h } from "../dom.mjs";
import { valueText } from "../differences.mjs";
import { hexDigits } from "../reading.mjs";

/** Crafted frames drawn inside the carrier frame; a sentence counts the rest. */
const drawn = 8;
const lineBytes = 8;
const frameBytes = 16;

/** Space between the bytes, as on the wire; "…" where more follow. */
function spaced(bytes, length, most) {
  const shown = Array.from(bytes.subarray(0, most), (byte) => hexDigits[byte]);
  return shown.join(" ") + (length > shown.length ? " …" : "");
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}

/** A report's verdict in a few words. */
function verdictWords({ verdict, diagnosticCount }, codeName) {
  const broken = count(diagnosticCount, "rule");
  switch (verdict.outcome) {
    case "legal":
      return "legal";
    case "waits":
      return `waits for ${verdict.missing} more ${verdict.missing === "1" ? "byte" : "bytes"}`;
    case "noted":
      return `${broken} broken, a receiver goes on`;
    default:
      return `fails with ${codeName(verdict.statusCode)}, ${broken} broken`;
  }
}

/** The badge about the two readings, a shape and words: [class, sign, words]. */
function badge(entry) {
  switch (entry.phase) {
    case "answered":
      return entry.agree ? ["good", "✓", "native and WASM agree"] : ["danger", "≠", "native and WASM differ"];
    case "queued":
      return ["quiet", "…", "waits for the connection"];
    case "sent":
      return ["quiet", "…", "waits for the answer"];
    case "late":
      return ["warn", "!", "no answer yet"];
    case "refused":
      return ["danger", "×", "not sent"];
    default:
      return ["danger", "×", "no answer"];
  }
}

function badgeNode(entry) {
  const [kind, sign, words] = badge(entry);
  return h("span", { class: `exchange-badge ${kind}` }, h("span", { "aria-hidden": "true" }, `${sign} `), words);
}

/** The line of an entry. */
export function summaryOf(entry, codeName) {
  const frames = entry.report.frameCount;
  const outcome = entry.phase === "answered" ? verdictWords(entry.reading, codeName) : entry.problem;
  return [
    timeOf(entry),
    h("span", { class: "exchange-arrow", "aria-hidden": "true" }, "→"),
    h(
      "span",
      { class: "exchange-what" },
      `${count(entry.length, "byte")}, ${count(frames, "crafted frame")}`,
      h("span", { class: "exchange-head mono" }, spaced(entry.head, entry.length, lineBytes)),
    ),
    h("span", { class: "exchange-carried" }, entry.carrier ? carriedWords(entry.carrier) : ""),
    h("span", { class: "exchange-outcome" }, outcome),
    badgeNode(entry),
  ];
}

function carriedWords(carrier) {
  if (carrier.frameCount > 1) return `${carrier.frameCount} carrier frames, first masking key ${carrier.maskingKey ?? "none"}`;
  return `carrier ${count(wireLength(carrier), "byte")}, masking key ${carrier.maskingKey ?? "none"}`;
}

export function timeOf(entry) {
  return h(
    "time",
    { class: "exchange-time mono", datetime: entry.wallTime.toISOString(), title: entry.wallTime.toLocaleTimeString() },
    seconds(entry.at),
  );
}

/** What an entry shows when it is opened. */
export function detailsOf(entry, { codeName, onLoad }) {
  const nodes = [];
  if (entry.problem) nodes.push(h("p", { class: "exchange-problem" }, entry.problem));
  nodes.push(wireFigure(entry));
  if (entry.phase === "answered") {
    nodes.push(readings(entry, codeName));
    if (!entry.agree) nodes.push(differenceTable(entry));
  }
  const facts = [`sent as the ${entry.sender}${entry.deflate ? `, with ${entry.deflate}` : ""}${entry.ended ? ", TCP ended after the bytes" : ""}`];
  if (entry.answeredAt !== null) facts.push(`answered after ${(entry.answeredAt - entry.sentAt).toFixed(1)} ms`);
  nodes.push(
    h(
      "div",
      { class: "exchange-foot" },
      h("span", { class: "muted" }, facts.join(" · ")),
      entry.doc === null
        ? h("span", { class: "muted" }, "Its notation was too long to keep.")
        : h("button", { type: "button", class: "small", onclick: onLoad }, "Load this again"),
    ),
  );
  return nodes;
}

/** The carrier frame, its header and key, and the crafted frames inside it. */
function wireFigure(entry) {
  const { carrier, report } = entry;
  const frames = report.frames.slice(0, drawn).map((frame, index) => craftedBox(entry, frame, index));
  const rest = report.frameCount - frames.length;
  const inside = h(
    "div",
    { class: "wire-crafted" },
    h("span", { class: "wire-label" }, `crafted bytes: ${count(entry.length, "byte")}, exactly as sent${carrier?.frameCount > 1 ? `, the first ${Number(carrier.payloadLength).toLocaleString("en")} in this carrier frame` : ""}`),
    h("ol", { class: "wire-frames" }, ...frames, rest > 0 ? h("li", { class: "wire-rest" }, `and ${count(rest, "more frame")}`) : null),
    frames.length === 0 ? h("span", { class: "muted" }, "no bytes at all: an empty message") : null,
  );
  if (!carrier) {
    return h(
      "figure",
      { class: "wire" },
      h("div", { class: "wire-carrier unknown" }, h("span", { class: "wire-label" }, "carrier frame: known once the server answers"), inside),
      h("figcaption", {}, "The browser wraps the crafted bytes in a frame of its own. Only the server sees that frame; it tells of it in its answer."),
    );
  }
  const parts = [
    h(
      "div",
      { class: "wire-part" },
      h("span", { class: "wire-label" }, `header, ${count(headLength(carrier), "byte")}`),
      h("span", { class: "mono" }, headerWords(carrier)),
    ),
  ];
  if (carrier.maskingKey !== null) {
    parts.push(
      h(
        "div",
        { class: "wire-part" },
        h("span", { class: "wire-label" }, "masking key, drawn by the browser"),
        h("span", { class: "mono" }, carrier.maskingKey.replace(/..(?=.)/g, "$& ")),
      ),
    );
  }
  return h(
    "figure",
    { class: "wire" },
    h(
      "div",
      { class: "wire-carrier" },
      h("span", { class: "wire-label" }, `${carrierName(carrier)}, made by the browser: ${count(wireLength(carrier), "byte")} on the wire`),
      h("div", { class: "wire-parts" }, ...parts, inside),
    ),
    h("figcaption", {}, carrierSentence(entry)),
  );
}

function craftedBox(entry, frame, index) {
  const bytes = entry.head.subarray(frame.start, frame.end);
  return h(
    "li",
    { class: "wire-frame" },
    h("span", { class: "wire-label" }, `${index + 1} ${frame.opcodeName || "frame"}, ${count(frame.end - frame.start, "byte")}${frame.complete ? "" : ", incomplete"}`),
    h("span", { class: "mono" }, spaced(bytes, frame.end - frame.start, frameBytes)),
  );
}

function carrierName({ frameCount }) {
  return frameCount > 1 ? `carrier frame 1 of ${frameCount}` : "carrier frame";
}

function carrierSentence({ carrier, length }) {
  const key = carrier.maskingKey;
  const bytes = count(length, "crafted byte");
  if (carrier.frameCount > 1) {
    return `The browser split the ${bytes} over ${carrier.frameCount} frames of one ${carrier.opcodeName} message and masked each once more, with keys of its own; drawn is the first. The server took the carrier frames off and read what was inside.`;
  }
  const mask = key === null ? "did not mask them" : `masked them once more, with a key of its own (${key})`;
  return `The browser put the ${bytes} into one ${carrier.opcodeName} message and ${mask}. The server took that carrier frame off and read what was inside.`;
}

function headerWords(carrier) {
  const reserved = `${carrier.rsv1}${carrier.rsv2}${carrier.rsv3}`;
  return `FIN ${carrier.fin} · RSV ${reserved} · opcode ${carrier.opcode} ${carrier.opcodeName} · MASK ${carrier.mask} · payload length ${carrier.payloadLength} in ${carrier.lengthForm} bits`;
}

/** Bytes of the carrier's header without its masking key. */
function headLength(carrier) {
  return carrier.headerLength - (carrier.maskingKey === null ? 0 : carrier.maskingKey.length / 2);
}

function wireLength(carrier) {
  return carrier.headerLength + Number(carrier.payloadLength);
}

/** The two readings side by side. */
function readings(entry, codeName) {
  const rows = [
    ["verdict", (report) => verdictWords(report, codeName)],
    ["frames", (report) => listed(report.frames, report.frameCount, (frame) => frame.opcodeName + (frame.complete ? "" : " (incomplete)"))],
    ["rules broken", (report) => listed(report.diagnostics, report.diagnosticCount, (diagnostic) => diagnostic.rule)],
    ["messages", (report) => listed(report.messages, report.messageCount, messageWords)],
  ];
  return h(
    "table",
    { class: "exchange-readings" },
    h("caption", { class: "visually-hidden" }, "The two readings of the crafted bytes"),
    h(
      "thead",
      {},
      h("tr", {}, h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "what")), h("th", { scope: "col" }, "the server (native)"), h("th", { scope: "col" }, "this page (WASM)")),
    ),
    h(
      "tbody",
      {},
      ...rows.map(([name, words]) => {
        const native = words(entry.reading);
        const own = words(entry.report);
        return h(
          "tr",
          native === own ? {} : { class: "differs" },
          h("th", { scope: "row" }, name),
          h("td", { "data-side": "server" }, native),
          h("td", { "data-side": "page" }, own),
        );
      }),
    ),
  );
}

function messageWords(message) {
  const preview = message.preview === "" ? "" : ` “${message.preview.length > 32 ? message.preview.slice(0, 32) + "…" : message.preview}”`;
  const inflated = message.compressed ? `, inflated to ${message.inflatedLength.toLocaleString("en")}${message.inflated ? "" : " before it failed"}` : "";
  return `${message.opcodeName}, ${count(message.length, "byte")}${inflated}${message.complete ? "" : ", unfinished"}${preview}`;
}

function listed(items, total, words) {
  if (total === 0) return "none";
  const first = items.slice(0, 6).map(words).join(" · ");
  return total > 6 ? `${first} · and ${total - 6} more` : first;
}

/** Every path at which the readings differ. */
function differenceTable({ differences }) {
  if (differences.list.length === 0) {
    return h("p", { class: "exchange-problem" }, "The values are the same, but the two texts are not: they write the same report with other bytes.");
  }
  return h(
    "div",
    { class: "exchange-differences" },
    h(
      "table",
      {},
      h("caption", {}, `Where they differ: ${count(differences.list.length + differences.more, "value")}`),
      h("thead", {}, h("tr", {}, ...["path", "the server (native)", "this page (WASM)"].map((name) => h("th", { scope: "col" }, name)))),
      h(
        "tbody",
        {},
        ...differences.list.map(({ path, page, server }) =>
          h("tr", {}, h("th", { scope: "row", class: "mono" }, path), h("td", { class: "mono" }, valueText(server)), h("td", { class: "mono" }, valueText(page))),
        ),
      ),
    ),
    differences.more > 0 ? h("p", { class: "muted" }, `and ${count(differences.more, "more value")}`) : null,
  );
}
