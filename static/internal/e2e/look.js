// Looks at the page as it is in the window now. The names are those of the
// struct `look` in look_test.go.
//
// Contrast is WCAG's: the ratio of relative luminances of a text and the
// background that it really has, which is every background behind it laid over
// each other; at least 4.5, or 3 for large text. The browser computes colours in
// whatever space they were written; a canvas turns them into sRGB.
(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    let value = known.get(colour);
    if (value === undefined) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, (value = [r, g, b, a / 255]));
    }
    return value;
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((value) => {
      const c = value / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  /** Colours in a gradient, as far as the browser writes them out. */
  const stops = (image) => image.match(/(?:rgba?|oklab|oklch|color|lab|lch)\([^()]*\)/g) ?? [];

  /** Every background that a node may have behind its text: several with gradients. */
  const backgrounds = (node) => {
    const layers = [];
    for (let at = node; at !== null; at = at.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(at);
      const choices = [rgba(backgroundColor)];
      if (backgroundImage !== "none") choices.push(...stops(backgroundImage).map(rgba));
      layers.push(choices.filter(([, , , a]) => a > 0));
      if (choices[0][3] === 1 || (at.tagName === "DIALOG" && choices.length > 0)) break;
    }
    let under = [rgba("Canvas")];
    for (const choices of layers.reverse()) {
      if (choices.length > 0) under = choices.flatMap((choice) => under.map((below) => over(choice, below)));
    }
    return under;
  };

  /** What is seen of a node: its box, cut by everything around it that hides what sticks out. */
  const seenBox = (node) => {
    let { left, top, right, bottom } = node.getBoundingClientRect();
    for (let at = node.parentElement; at !== null; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      if (overflowX !== "visible") [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
      if (overflowY !== "visible") [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
    }
    return { left, top, right, bottom, empty: right - left < 1 || bottom - top < 1 };
  };

  const words = (node) => `${node.tagName.toLowerCase()}.${String(node.className?.baseVal ?? node.className)} “${(node.ariaLabel ?? node.value ?? node.textContent).trim().slice(0, 40)}”`;
  const dialog = [...document.querySelectorAll("dialog[open], [popover]")].find((node) => node.matches("dialog[open], :popover-open"));
  const area = document.querySelector("dialog[open]") ?? document.body;

  const found = { Overflow: "", Clipped: [], Pale: [], Texts: 0 };
  const page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > page.clientWidth + 1).at(-1);
    found.Overflow = `the page is ${page.scrollWidth} wide in a window of ${page.clientWidth}; ${wide ? words(wide) : "unknown"} sticks out`;
  }

  // Controls have to show whole: their text inside of them, and they inside of
  // the window and of whatever hides what sticks out sideways.
  for (const node of area.querySelectorAll("button, select, label, summary, h1, h2, h3, input, .status-pill")) {
    if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || node.closest(".visually-hidden")) continue;
    const box = node.getBoundingClientRect();
    if (box.width < 2 || getComputedStyle(node).clipPath !== "none") continue;
    const seen = seenBox(node);
    if (seen.bottom - seen.top < 1) continue; // scrolled away
    if (seen.left - box.left > 1 || box.right - seen.right > 1 || box.left < -1 || box.right > innerWidth + 1) {
      found.Clipped.push(`${words(node)} at ${Math.round(box.left)} to ${Math.round(box.right)}, seen ${Math.round(seen.left)} to ${Math.round(seen.right)}`);
    } else if (node.matches("button, summary, .status-pill") && getComputedStyle(node).textOverflow !== "ellipsis" && (node.scrollWidth > node.clientWidth + 1) && getComputedStyle(node).display !== "inline") {
      found.Clipped.push(`${words(node)} needs ${node.scrollWidth} and has ${node.clientWidth}`);
    }
  }

  const walker = document.createTreeWalker(dialog ?? area, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const node = text.parentElement;
    if (text.data.trim() === "" || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (node.closest("option, .visually-hidden, [disabled], [aria-disabled=true], .notation-mirror, noscript")) continue;
    if (node.closest(".script-mirror") && !node.closest(".script-gutter")) continue;
    if (seenBox(node).empty) continue;
    const style = getComputedStyle(node);
    let opacity = 1;
    for (let at = node; at !== null; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const [r, g, b, a] = rgba(node instanceof SVGElement ? style.fill : style.color);
    found.Texts++;
    const least = Math.min(...backgrounds(node).map((below) => contrast(over([r, g, b, a * opacity], below), below)));
    if (least < (large ? 3 : 4.5)) {
      const line = `${least.toFixed(2)} for ${node.tagName.toLowerCase()}.${node.className} “${text.data.trim().slice(0, 30)}”`;
      const kind = `${node.tagName}.${node.className}`;
      if (!told.has(kind)) found.Pale.push(line);
      told.add(kind);
    }
  }
  // What stands in fields is no text node.
  for (const field of area.querySelectorAll("input:not([type=checkbox], [type=radio]), textarea, select")) {
    if (!field.checkVisibility() || field.disabled || seenBox(field).empty) continue;
    for (const pseudo of [null, "::placeholder"]) {
      if (pseudo && (!field.placeholder || field.value !== "")) continue;
      const colour = rgba(getComputedStyle(field, pseudo).color);
      const least = Math.min(...backgrounds(field).map((below) => contrast(over(colour, below), below)));
      found.Texts++;
      if (least < 4.5) found.Pale.push(`${least.toFixed(2)} for ${words(field)}${pseudo ?? ""}`);
    }
  }
  return found;
})()
