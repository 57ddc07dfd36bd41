// What the help sheet says of the Wire workbench: its keys, its words, and the
// scenario's language by example.

export const wireWords = [
  ["Scenario", "a conversation as one side is to hold it, one step a line. The server sends exactly its bytes over real TCP: no browser wraps them here."],
  ["Transcript", "what happened: the bytes that went each way and TCP's own events, with their times."],
  ["Target", "whom the scenario is played against: the built-in echo endpoint, the built-in client, or an address that the server's operator has allowed."],
];

export const wireKeys = [
  ["Wire: everywhere", [
    [["Ctrl", "Enter"], "play"],
    [["Ctrl", "Z"], "undo; with Shift redo"],
    [["F6"], "next pane, with Shift the one before"],
  ]],
  ["Wire: outside of inputs", [
    [["s"], "step, while it is played step by step; g plays the rest"],
    [["."], "stop"],
    [["j"], "next row of the conversation, with k the one before"],
    [["t"], "the scenario as text, or step by step"],
    [["e"], "edit the scenario"],
    [["n"], "new frame; x a new expectation, r new raw bytes"],
    [["d"], "duplicate the step"],
    [["/"], "search the scenarios"],
    [["p"], "read a transcript"],
    [["c"], "to the Craft workbench"],
  ]],
  ["List of steps", [
    [["↑", "↓"], "choose the step above or below"],
    [["Alt", "↑"], "move the step up, with ↓ down"],
    [["Delete"], "remove the step, also Backspace"],
  ]],
  ["Conversation", [
    [["↑", "↓"], "choose the row above or below"],
    [["Home"], "the first row, with End the last"],
    [["Page ↓"], "a screen further"],
    [["Enter"], "to its details"],
    [["Esc"], "choose none"],
  ]],
  ["Compressed message", [
    [["↑", "↓"], "walk over the symbols"],
    [["←", "→"], "in what comes out: the symbol before or behind"],
  ]],
];

export const scenarioExamples = [
  ["handshake /chat", "the opening handshake for this target; below it with, also and without change its fields"],
  ["expect status 101", "wait for the response and compare its status"],
  ['text "Hello"', "a frame, as the notation has it"],
  ['expect text "Hello" within 2s', "a message with this payload, in time"],
  ["chop 1", "from here on one byte a TCP segment"],
  ["wait 50ms", "let time pass"],
  ["expect silence 100ms", "nothing comes"],
  ["expect close 1002 or 1007", "a Close frame with one of these codes"],
  ["end", "end this side's half of TCP; reset breaks it off"],
];
