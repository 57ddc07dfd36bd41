// The link: a draft that travels in the fragment of the page's address.
//
//   #sender=server&end=1&doc=text%20%22Hello%22
//
// A fragment never reaches a server, so a link shows its draft to nobody but
// the person who opens it. sender, end and deflate, the agreement on
// permessage-deflate, are left out when they say what the page assumes anyway. This module knows how a link is spelled; what its
// notation means, and whether it can be read at all, Go decides.

/** Longer addresses are cut or refused by browsers, so no link is made for them. */
export const longestLink = 1_000_000;

const senders = ["client", "server"];

/**
 * What a fragment says. `doc` is null when there is no link at all, or none
 * that can be read; then `error` tells the difference, as a sentence or "".
 */
export function readLink(hash) {
  const text = String(hash ?? "").replace(/^#/, "");
  const link = { doc: null, sender: "client", ended: false, deflate: "", error: "" };
  if (text === "") return link;

  const seen = new Map();
  for (const part of text.split("&")) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    let value;
    try {
      value = decodeURIComponent(at < 0 ? "" : part.slice(at + 1));
    } catch {
      return fail(link, `its part “${short(part)}” is not percent-encoded UTF-8`);
    }
    if (seen.has(name)) return fail(link, `it says “${short(name)}” twice`);
    seen.set(name, value);
  }

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
  let encoded;
  try {
    encoded = encodeURIComponent(doc);
  } catch {
    return ""; // half of a surrogate pair, while somebody is still typing
  }
  // These need no escape in a fragment, and a link reads better without it.
  parts.push("doc=" + encoded.replace(/%(?:3D|3A|2C|2F|40)/g, decodeURIComponent));
  const text = "#" + parts.join("&");
  return text.length > longestLink ? "" : text;
}

function fail(link, why) {
  return { ...link, error: `This link cannot be read: ${why}.` };
}

function short(text) {
  return text.length > 24 ? text.slice(0, 24) + "…" : text;
}
