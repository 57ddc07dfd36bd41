// What the page shows, read from the document alone and nowhere else. The
// names are those of the struct `views` in views_test.go.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector, from = document) => from.querySelector(selector);
  const text = (node) => node?.textContent.trim() ?? "";
  const shown = (node) => node !== null && node !== undefined && node.checkVisibility();

  /** A side of a byte grid, in the order of its rows. Only rows in sight exist. */
  const side = (grid, name) =>
    all(".bytes-row:not([hidden])", grid)
      .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
      .flatMap((row) => all(`.${name}`, row).map((cell) => cell.textContent))
      .join("");

  const form = one("fc-form");
  const labelled = (name) => one(`[aria-label="${name}"]`, form);
  const bit = (name) => one(`label[data-field="${name}"] input`, form)?.checked ?? false;
  const grids = all("fc-payload .bytes");
  const area = one("fc-notation textarea");

  return {
    Notation: area?.value ?? "",
    Invalid: area?.getAttribute("aria-invalid") === "true",
    NotationError: text(one("#notation-error")),
    Wrong: all("fc-notation .wrong").map((node) => node.textContent).join("|"),
    Touched: all("fc-notation .touched").map((node) => node.textContent),

    Bits: all("fc-diagram .bit:not(.blank)").map((node) => node.textContent).join(""),
    BrokenBits: all("fc-diagram .bit").flatMap((node, index) => (node.classList.contains("broken") ? [index] : [])),
    Hex: side(one("fc-hex .bytes"), "hex"),
    Ascii: side(one("fc-hex .bytes"), "ascii"),
    Wire: side(grids[0], "hex"),
    Plain: side(grids[1], "hex"),
    PlainAscii: side(grids[1], "ascii"),

    Form: {
      Fin: bit("FIN"), Rsv1: bit("RSV1"), Rsv2: bit("RSV2"), Rsv3: bit("RSV3"), Mask: bit("MASK"),
      Opcode: one('label[data-field="opcode"] select', form)?.value ?? "",
      KeyThere: labelled("A masking key is written")?.checked ?? false,
      Key: labelled("Masking key, eight hex digits")?.value ?? "",
      Used: labelled("Key that the payload is really masked with")?.value ?? "",
      LengthForm: labelled("Length form")?.value ?? "",
      Length: labelled("Declared payload length")?.value ?? "",
      Cut: labelled("Bytes cut from the end")?.value ?? "",
      Kind: one('[name="payload-form"]:checked', form)?.value ?? "",
      Code: labelled("Status code before the payload")?.value ?? "",
      Content: one("textarea", form)?.value ?? "",
      Error: text(one("#form-error")),
    },

    Outcome: one("fc-verdict")?.dataset.outcome ?? "",
    Verdict: text(one(".verdict-says")),
    Why: text(one(".verdict-why")),
    Cards: all("fc-diagnostics li.card").map((card) => ({
      Rule: text(one(".card-rule", card)),
      Code: text(one(".card-code", card)),
      Found: text(one(".card-found", card)),
      Asks: text(one(".card-asks", card)),
      Where: text(one("button.link", card)),
      Mend: shown(one("button.small", card)) ? text(one("button.small", card)) : "",
    })),

    Frames: all("fc-frames .frame-card").map((node) => text(one(".frame-name", node))),
    Selected: all("fc-frames .frame-card").findIndex((node) => node.ariaCurrent === "true"),
    Server: one('fc-options [value="server"]')?.checked ?? false,
    Ended: one('fc-options [type="checkbox"]')?.checked ?? false,
    Field: text(one("fc-field h3")),
    Lit: all("fc-diagram .bit.lit").length,
    Link: location.hash,
    Boot: text(one("fc-boot")),
    Announced: text(one("#announcer")),
  };
})()
