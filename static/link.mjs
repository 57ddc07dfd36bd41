// The link: a draft, or a whole scenario, that travels in the fragment of the
// page's address.
//
//   #sender=server&end=1&doc=text%20%22Hello%22
//   #wire=handshake%0Atext%20%22Hello%22&target=echo
//   #live
//
// A fragment never reaches a server, so a link shows what it holds to nobody but
// the person who opens it. sender, end, target and deflate (the agreement on
// permessage-deflate) are left out when they say what the page assumes anyway.
// This module knows how a link is spelled; what its
// notation means, and whether it can be read at all, Go decides.

/** Longer addresses are cut or refused by browsers, so no link is made for them. */
export const longestLink = 1_000_000;

const senders = ["client", "server"];

/** What a scenario is played against when its link does not say. */
export const usualTarget = "echo";

/** Whose fragment it is: "#wire", alone or with a scenario, and "#live" are of the workbenches called so, all else of Craft. */
export function benchOf(hash) {
  return /^#(?:(wire)(?:[=&]|$)|(live)$)/.exec(String(hash ?? ""))?.slice(1).find(Boolean) ?? "craft";
}

/**
 * What a fragment says. `doc` is null when there is no link at all, or none
 * that can be read; then `error` tells the difference, as a sentence or "".
 */
export function readLink(hash) {
  const text = String(hash ?? "").replace(/^#/, "");
  const link = { doc: null, sender: "client", ended: false, deflate: "", error: "" };
  if (text === "") return link;

  const { seen, why } = partsOf(text);
  if (why) return fail(link, why);
  const sender = seen.get("sender") ?? "client";
  if (!senders.includes(sender)) {
    return fail(link, `it says sender=${short(sender)}, expected client or server`);
  }
  const end = seen.get("end") ?? "0";
  if (end !== "0" && end !== "1") {
    return fail(link, `it says end=${short(end)}, expected 0 or 1`);
  }
  if (!seen.has("doc")) return fail(link, "it holds no draft: “doc=” is missing");
  return { doc: seen.get("doc").replace(/\r\n?/g, "\n"), sender, ended: end === "1", deflate: seen.get("deflate") ?? "", error: "" };
}

/** The fragment for a state, with its "#"; "" when the draft is too long for any address. */
export function writeLink({ doc, sender, ended, deflate }) {
  const parts = [];
  if (sender === "server") parts.push("sender=server");
  if (ended) parts.push("end=1");
  if (deflate) parts.push("deflate=" + encodeURIComponent(deflate));
  const encoded = encode(doc);
  if (encoded === null) return "";
  parts.push("doc=" + encoded);
  return bounded("#" + parts.join("&"));
}

/** What a fragment of the Wire workbench says. `doc` is null when it holds no scenario, or none that can be read. */
export function readWireLink(hash) {
  const link = { doc: null, target: usualTarget, error: "" };
  const { seen, why } = partsOf(String(hash).replace(/^#/, ""));
  if (why) return fail(link, why);
  const doc = seen.get("wire").replace(/\r\n?/g, "\n");
  return { ...link, doc: doc === "" ? null : doc, target: seen.get("target") || usualTarget };
}

/** The fragment for a scenario and its target, with its "#"; "" when it is too long for any address. */
export function writeWireLink({ doc, target }) {
  const [scenario, against] = [encode(doc), encode(target)];
  if (scenario === null || against === null) return "";
  return bounded(`#wire=${scenario}${target === usualTarget ? "" : `&target=${against}`}`);
}

/** The parts of a fragment by their names, or why there are none. */
function partsOf(text) {
  const seen = new Map();
  for (const part of text.split("&")) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    if (seen.has(name)) return { why: `it says “${short(name)}” twice` };
    try {
      seen.set(name, decodeURIComponent(at < 0 ? "" : part.slice(at + 1)));
    } catch {
      return { why: `its part “${short(part)}” is not percent-encoded UTF-8` };
    }
  }
  return { seen, why: "" };
}

/** Text for a fragment; null for half of a surrogate pair, while somebody is still typing. */
function encode(text) {
  try {
    // These need no escape in a fragment, and a link reads better without it.
    return encodeURIComponent(text).replace(/%(?:3D|3A|2C|2F|40)/g, decodeURIComponent);
  } catch {
    return null;
  }
}

function bounded(fragment) {
  return fragment.length > longestLink ? "" : fragment;
}

function fail(link, why) {
  return { ...link, error: `This link cannot be read: ${why}.` };
}

function short(text) {
  return text.length > 24 ? text.slice(0, 24) + "…" : text;
}
