// Light, dark, or as the system says. index.html loads this module before the
// first paint, so that a chosen theme does not flash in the other one.

const choices = ["auto", "light", "dark"];
const signs = { auto: "◐", light: "☀", dark: "☾" };
const remembered = "framecraft-theme";

function current() {
  try {
    const choice = localStorage.getItem(remembered);
    return choices.includes(choice) ? choice : "auto";
  } catch {
    return document.documentElement.dataset.theme ?? "auto"; // storage may be forbidden
  }
}

function apply(choice) {
  document.documentElement.dataset.theme = choice;
  const button = document.getElementById("theme");
  if (!button) return;
  button.textContent = signs[choice];
  button.setAttribute("aria-label", `Colours: ${choice}`);
  button.title = `Colours: ${choice}`;
}

/** Takes the next choice and says which it is. */
export function nextTheme() {
  const next = choices[(choices.indexOf(current()) + 1) % choices.length];
  try {
    localStorage.setItem(remembered, next);
  } catch {
    // It then lasts as long as the page.
  }
  apply(next);
  return next;
}

// The address may ask for another workbench; Craft should not flash before it. This module
// imports nothing, so it says again what link.mjs knows.
const [, wire, live] = /^#(?:(wire)(?:[=&]|$)|(live)$)/.exec(location.hash) ?? [];
if (wire || live) document.documentElement.dataset.bench = wire ?? live;

apply(current());
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => apply(current()));
