// Where two JSON values differ: the page's reading of some bytes and the
// server's reading of the same bytes. They come from the same Go code, so any
// difference is a defect worth naming precisely, by the path of every value.

/** At most so many paths are listed; `more` counts the rest. */
const listed = 20;

/** Answers {list: [{path, page, server}], more}; a value that one side lacks is undefined. */
export function differences(page, server) {
  const found = { list: [], more: 0 };
  walk("report", page, server, found);
  return found;
}

function walk(path, page, server, found) {
  if (Object.is(page, server)) return;
  if (!isBranch(page) || !isBranch(server) || Array.isArray(page) !== Array.isArray(server)) {
    if (found.list.length < listed) found.list.push({ path, page, server });
    else found.more++;
    return;
  }
  const names = new Set([...Object.keys(page), ...Object.keys(server)]);
  for (const name of names) {
    const step = Array.isArray(page) ? `[${name}]` : `.${name}`;
    walk(path + step, page[name], server[name], found);
  }
}

function isBranch(value) {
  return typeof value === "object" && value !== null;
}

/** A value as it is shown in the list. */
export function valueText(value) {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 80 ? text.slice(0, 80) + "…" : text;
}
