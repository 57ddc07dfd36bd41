// Copying text out. The clipboard API can be refused (no permission, a page
// served over plain http from another machine, an embedded frame); then the
// text is shown in a dialog, selected, so that the person's own copy key works.

/**
 * Puts text on the clipboard. Answers "copied", or "shown" when the text stands
 * in a dialog instead. `title` names the text in that dialog.
 */
export async function copyText(text, title = "text") {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    show(text, title);
    return "shown";
  }
}

function show(text, title) {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet copy-sheet";
  const heading = document.createElement("h2");
  heading.id = "copy-sheet-title";
  heading.textContent = `Copy: ${title}`;
  dialog.setAttribute("aria-labelledby", heading.id);

  const words = document.createElement("p");
  words.textContent = "This browser does not let the page use the clipboard. The text is selected: copy it with the keyboard or the menu.";

  const area = document.createElement("textarea");
  area.readOnly = true;
  area.rows = 8;
  area.value = text;
  area.setAttribute("aria-labelledby", heading.id);

  const row = document.createElement("div");
  row.className = "sheet-actions";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  row.append(close);

  dialog.append(heading, words, area, row);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.focus();
  area.select();
}
