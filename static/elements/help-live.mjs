// What the help sheet says of the Live workbench: its words and its keys.

export const liveWords = [
  ["Connection", "what two ends of TCP make of four values: source address, source port, destination address, destination port. No two that are open at once have all four in common."],
  ["File descriptor", "the number by which a process knows something open. The kernel hands out one for each connection; the soft limit says how many a process may have, and the process may raise it up to the hard one."],
  ["Ephemeral ports", "the ports that the kernel hands to whoever dials without asking for one. They bound how many connections one address can have to one port of one server, and not how many a server can have."],
  ["Memory", "of a connection: what this process holds for it, an estimate: its state, and the buffers that it had when it last did something. The kernel’s socket comes on top."],
  ["Traffic", "the bytes of all WebSocket connections both ways, the reports to this page among them."],
  ["Page, opened", "a connection that a page of yours made, and one that the server made to itself because you asked it to. What others have is only counted."],
  ["Proxy", "behind a source: what stands in front of this server, if its operator named it. The connection is the proxy’s; the one of your browser ends there."],
];

export const liveKeys = [
  ["Live: everywhere", [
    [["Ctrl", "Enter"], "open more connections"],
    [["F6"], "next pane, with Shift the one before"],
  ]],
  ["Live: outside of inputs", [
    [["n"], "how many to open"],
    [["o"], "open them; x closes them"],
    [["t"], "read the plots at a time"],
    [["j"], "next connection, with k the one before"],
    [["c"], "to the Craft workbench, with w to Wire"],
  ]],
  ["Plots", [
    [["←", "→"], "earlier, later"],
    [["Page ↓"], "earlier by a larger step, with Page ↑ later"],
    [["End"], "now, also Esc; Home the earliest"],
  ]],
  ["Table of connections", [
    [["↑", "↓"], "walk over the connections"],
    [["Home"], "the first one, with End the last"],
    [["Enter"], "compare it with the one that was chosen before"],
  ]],
];
