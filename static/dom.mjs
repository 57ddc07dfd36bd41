// The few helpers that every element here is written with: making nodes,
// writing to them only what changed, and the base class `Part`.
//
// A Part is a light-DOM custom element that is built once and then painted.
// State comes down through the property `state` (a store snapshot), intent goes
// up as a bubbling "intent" event. Painting compares before it writes: nodes
// stay where they are, so focus, selection and scroll positions stay as well,
// and a repaint that changes nothing costs the browser nothing.

/**
 * Makes an element. Properties that are functions become listeners, booleans
 * become attributes without value, all else attributes. No style attribute:
 * the page's Content-Security-Policy forbids it.
 */
export function h(name, properties, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(key.replace(/^on/, ""), value);
    else node.setAttribute(key === "className" ? "class" : key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const svgSpace = "http://www.w3.org/2000/svg";

/** Makes an element of a drawing. */
export function draw(name, attributes, ...children) {
  const node = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A small picture made of one path on a 16 by 16 ground, for buttons that have a name of their own. */
export function icon(path) {
  return draw("svg", { viewBox: "0 0 16 16", class: "icon-picture", "aria-hidden": "true" }, draw("path", { d: path }));
}

/** Writes text, if it is not there already. */
export function setText(node, text) {
  const first = node.firstChild;
  if (first !== null && first.nodeType === Node.TEXT_NODE && first.nextSibling === null) {
    if (first.data !== text) first.data = text;
  } else if (first !== null || text !== "") {
    node.textContent = text;
  }
}

/** Writes an attribute, or takes it away for null and false. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Hides or shows a node. */
export function setShown(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/**
 * Gives `parent` exactly `count` children that `make` made, keeping those that
 * are there. Answers them.
 */
export function resize(parent, count, make) {
  while (parent.childElementCount > count) parent.lastElementChild.remove();
  while (parent.childElementCount < count) parent.append(make(parent.childElementCount));
  return parent.children;
}

/** "5", "65,536". Small numbers do without the browser's number formats, whose first use takes it a while. */
export function digits(n) {
  return n < 1000 ? String(n) : n.toLocaleString("en");
}

/** "1 byte", "2 bytes", "65,536 bytes". */
export function count(n, unit, units = unit + "s") {
  return `${digits(n)} ${n === 1 ? unit : units}`;
}

const taken = new Map();

/** An id, or a name for radio buttons, that nothing else on the page has: "form-error", then "form-error-2". */
export function uniqueId(name) {
  const times = (taken.get(name) ?? 0) + 1;
  taken.set(name, times);
  return times === 1 ? name : `${name}-${times}`;
}

export class Part extends HTMLElement {
  #state = null;
  #built = false;

  connectedCallback() {
    if (!this.#built) {
      this.#built = true;
      this.build();
    }
    this.#paint(null);
  }

  get state() {
    return this.#state;
  }

  set state(next) {
    const before = this.#state;
    this.#state = next;
    this.#paint(before);
  }

  /** Whether there is anything to show yet: a report, unless the element says otherwise. */
  shows(state) {
    return Boolean(state.report);
  }

  #paint(before) {
    if (!this.#built || this.#state === null || !this.shows(this.#state)) return;
    this.paint(this.#state, before !== null && this.shows(before) ? before : null);
  }

  intend(detail) {
    this.dispatchEvent(new CustomEvent("intent", { bubbles: true, detail }));
  }
}
