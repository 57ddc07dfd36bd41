// The shapes that cross the boundary between the page and protocol.wasm, and
// between the page and the server. Go writes all of this JSON (protocol/json.go,
// wasm/view.go); a Go test reads this file and holds it against what Go writes.
//
// Offsets called `bit` and `bits` count bits from the first bit of the input;
// `start` and `end` count bytes. A value that may exceed 2^53 is a string of
// decimal digits. Names of fields, opcodes and rules come from Go.

/** What can be said of some bytes that one side sent. Native and WASM write the same bytes. */
export interface Report {
  sender: "client" | "server";
  /** TCP ended after the last byte. */
  ended: boolean;
  /** The agreement on permessage-deflate under which the bytes were read, as an element of
   *  Sec-WebSocket-Extensions: "permessage-deflate; server_max_window_bits=10"; null when there is none. */
  deflate: string | null;
  /** How many bytes were read. */
  length: number;
  verdict: Verdict;
  /** At most the first 500; frameCount says how many there are. */
  frames: Frame[];
  frameCount: number;
  /** In the order of the bytes; at most the first 500. */
  diagnostics: Diagnostic[];
  diagnosticCount: number;
  /** At most the first 500. */
  messages: Message[];
  messageCount: number;
  /** How many bytes are inflated at most, when compressed messages would have come to more: what
   *  lies behind was not looked into. */
  inflateLimit: number | null;
}

/** What a strict receiver does with these bytes. */
export interface Verdict {
  /** legal: no rule is broken. noted: rules are broken, yet a receiver goes on.
   *  waits: no rule is broken and the last frame is not complete yet.
   *  fails: a strict receiver fails the connection. */
  outcome: "legal" | "noted" | "waits" | "fails";
  /** Status code of the Close frame it answers with; 1006 when it can only drop the connection. */
  statusCode: number | null;
  /** Index into diagnostics of the rule it fails on. */
  diagnostic: number | null;
  /** Bytes that the last frame still misses, in decimal; "0" when it is complete. */
  missing: string;
}

/** One frame as a receiver reads it. */
export interface Frame {
  start: number;
  end: number;
  /** Length of the header in bytes, as far as it has arrived. */
  headerLength: number;
  /** The header has arrived whole. Before that, what is not known yet is null. */
  headerComplete: boolean;
  complete: boolean;
  fin: 0 | 1;
  rsv1: 0 | 1;
  rsv2: 0 | 1;
  rsv3: 0 | 1;
  opcode: number;
  opcodeName: string;
  mask: 0 | 1 | null;
  /** The payload length as declared, in decimal. */
  payloadLength: string | null;
  /** 7, 16 or 64: how many bits the payload length stands in. */
  lengthForm: 7 | 16 | 64 | null;
  /** Eight hex digits in the order of the wire. */
  maskingKey: string | null;
  /** They tile the bits of the frame: no gap, no overlap. */
  fields: Field[];
}

export interface Field {
  /** As in RFC 6455: "FIN", "extended payload length", "status code"; a key of Catalog.fields. */
  name: string;
  bit: number;
  bits: number;
  /** Short, for the diagram: "1", "126", "37fa213d"; "" for payload data and reason. */
  value: string;
  /** What the value means here: "text", "a 16-bit length follows", "Normal Closure". May be "". */
  meaning: string;
  /** The bytes end inside this field. */
  short: boolean;
}

/** One rule broken at one place. */
export interface Diagnostic {
  /** A key of Catalog.rules. */
  rule: string;
  section: string;
  level: "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "stated";
  /** What a strict receiver answers with; null when it goes on. 1006: it drops the connection. */
  statusCode: number | null;
  /** Index of the frame in the stream. */
  frame: number;
  bit: number;
  bits: number;
  /** What was found, a sentence. */
  found: string;
}

/** One message, whole or as far as it came. */
export interface Message {
  opcode: number;
  opcodeName: string;
  /** Index of the first and of the last frame that carry it. */
  firstFrame: number;
  lastFrame: number;
  frameCount: number;
  /** Bytes of payload data. */
  length: number;
  complete: boolean;
  /** permessage-deflate was agreed on, and RSV1 says that the payload data is compressed. */
  compressed: boolean;
  /** All of it so far could be inflated. */
  inflated: boolean;
  /** Bytes that came out, as far as it could be inflated; null when it is not compressed. */
  inflatedLength: number | null;
  /** For text: the payload data so far, inflated, is valid UTF-8. For binary: null. */
  utf8: boolean | null;
  /** The first characters of a text, or the first bytes of a binary message in hex, inflated. */
  preview: string;
}

/** What the server answers to one carrier message, as one text message. */
export interface ServerReading {
  carrier: Carrier;
  report: Report;
}

/** The frame that the browser really made around the crafted bytes. */
export interface Carrier {
  fin: 0 | 1;
  rsv1: 0 | 1;
  rsv2: 0 | 1;
  rsv3: 0 | 1;
  opcode: number;
  opcodeName: string;
  mask: 0 | 1;
  maskingKey: string | null;
  payloadLength: string;
  lengthForm: 7 | 16 | 64;
  headerLength: number;
  /** Frames that carried the message: more than one when the browser fragmented it. */
  frameCount: number;
}

/** What `read`, `edit` and `paste` say of the draft itself. */
export interface View {
  /** Set when the notation cannot be read; everything else is then empty. */
  error: NotationError | null;
  drafts: Draft[];
  /** Side by side with Report.diagnostics: what the "make it legal" action is called, or null. */
  mends: (string | null)[];
  /** The draft to select after an edit; -1 when the edit says nothing about it. */
  selected: number;
  /** For `paste`: what the text was taken for, such as "hex", "hexdump", "base64", "notation". */
  recognised: string;
}

export interface NotationError {
  line: number;
  /** Both count from 1; the column counts characters (Unicode code points). */
  column: number;
  /** How many characters are meant, at least 1. */
  width: number;
  found: string;
  expected: string;
  /** The whole sentence. */
  message: string;
}

/** A frame as somebody wants it on the wire. The fields are independent; nothing is repaired. */
export interface Draft {
  kind: "frame" | "bytes";
  /** Where its bytes stand in the crafted bytes. */
  start: number;
  end: number;
  /** Where the payload begins in its line of notation, in characters; the line's length when there is none. */
  payloadAt: number;
  fin: 0 | 1;
  rsv1: 0 | 1;
  rsv2: 0 | 1;
  rsv3: 0 | 1;
  opcode: number;
  opcodeName: string;
  mask: 0 | 1;
  /** The masking key written, eight hex digits; null when none is written. */
  key: string | null;
  /** The key that the payload is really masked with; null when it is the one written. "00000000" masks nothing. */
  xor: string | null;
  /** 0: the shortest that fits. */
  form: 0 | 7 | 16 | 64;
  /** The declared length in decimal; null when it is the payload's own. */
  length: string | null;
  /** Bytes missing from the end. */
  cut: number;
  payload: DraftPayload;
}

export interface DraftPayload {
  form: "text" | "hex" | "repeat";
  /** The status code in front of the rest; null for none. */
  code: number | null;
  /** Bytes, the status code included. */
  length: number;
  /** text: the characters; hex: the digits; repeat: the digits of what is repeated.
   *  null when it is longer than 4096 bytes or a text that is not valid UTF-8. */
  value: string | null;
  /** repeat: how often; otherwise 1. */
  count: number;
  /** All that is compressed, and how; null when it is not. The length is that of the compressed bytes. */
  deflate: Deflation | null;
}

export interface Deflation {
  /** One of DeflateEntry.blocks. */
  block: string;
  /** BFINAL is set on the last block of data. */
  final: boolean;
  /** 00 00 ff ff is kept. */
  tail: boolean;
  /** 8 to 15; null when nothing is said, which is 15. */
  window: number | null;
}

/** A request or a response of the opening handshake. Bytes count from the beginning of its direction's stream. */
export interface Head {
  request: boolean;
  start: number;
  end: number;
  /** The empty line at its end has come. */
  complete: boolean;
  /** The parts of the start line: method, target and version, or version, status and reason. */
  line: HeadPart[];
  /** At most the first 1000. */
  fields: HeadField[];
  fieldCount: number;
  /** The steps to Sec-WebSocket-Accept; null where there is no request with a Sec-WebSocket-Key. */
  accept: AcceptSteps | null;
}

export interface HeadPart { name: "method" | "target" | "version" | "status" | "reason"; value: string; start: number; end: number; }

export interface HeadField {
  /** "" where the line has no colon. */
  name: string;
  /** Without the blanks around it; folded lines are joined by a space. */
  value: string;
  nameStart: number;
  nameEnd: number;
  valueStart: number;
  valueEnd: number;
  /** Its line or lines, with their ends. */
  start: number;
  end: number;
}

export interface AcceptSteps {
  /** What Sec-WebSocket-Key says. */
  key: string;
  guid: string;
  /** The two in one. */
  joined: string;
  /** The SHA-1 of that, 40 hex digits. */
  sha1: string;
  /** The SHA-1 in base64, which is what Sec-WebSocket-Accept has to say. */
  base64: string;
  /** What the response says; null in a request, and where it says nothing. */
  sent: string | null;
  agrees: boolean;
}

/** What `scenario` says of a scenario. Its report is that on the frames it sends, as if the other side took the
 *  first offer of permessage-deflate. Its bytes are those frames, and behind them the heads of the handshakes. */
export interface ScenarioView {
  /** Set when the scenario cannot be read; everything else is then empty. */
  error: NotationError | null;
  /** The side that plays it. */
  role: "client" | "server";
  steps: ScenarioStep[];
  /** The first handshake's head by itself, with the rules that it breaks; null where nothing of one is sent. */
  handshake: Conversation | null;
}

/** One step of a scenario. Every line of the text belongs to one. */
export interface ScenarioStep {
  /** frame and bytes: a line of notation. comment: a line that is blank or only a comment. */
  kind: "role" | "handshake" | "frame" | "bytes" | "wait" | "chop" | "end" | "reset" | "pong" | "expect" | "comment";
  /** From 1. A handshake goes on to the last of the lines that change it. */
  line: number;
  lastLine: number;
  /** The step as it is printed, without the last newline. */
  text: string;
  /** Where its bytes stand; the same for one that sends none. */
  start: number;
  end: number;
}

/** What `transcript` says. Its bytes are the client's, and behind them the server's. */
export interface TranscriptView {
  /** Set when the transcript cannot be read. */
  error: NotationError | null;
  conversation: Conversation | null;
}

/** A transcript understood. `start` and `end` count the bytes of their side, `bit` its bits; times are milliseconds. */
export interface Conversation {
  request: Head | null;
  response: Head | null;
  /** The response accepts the request: its status is 101. */
  accepted: boolean;
  /** What was agreed on, as in the field Sec-WebSocket-Extensions; null for no permessage-deflate. */
  deflate: string | null;
  subprotocol: string | null;
  clientLength: number;
  serverLength: number;
  duration: number;
  /** In the order in which their last bytes came; at most the first 20,000. */
  rows: ConversationRow[];
  rowCount: number;
  /** In the order of the rows; a few hundred of each side at most. */
  diagnostics: ConversationDiagnostic[];
  diagnosticCount: number;
}

/** One line of a conversation. What a kind has not is left out. */
export interface ConversationRow {
  /** bytes: neither head nor frames. open, end, reset, failed: what happened to TCP. stop: a limit or a person ended it.
   *  expect: the expectation in `line` of the scenario was met or not. */
  kind: "head" | "frame" | "bytes" | "open" | "end" | "reset" | "failed" | "stop" | "expect";
  /** Who did it; stop and expect have none. */
  side?: "client" | "server";
  at: number;
  /** The time of the last byte. */
  until?: number;
  start?: number;
  end?: number;
  /** The whole head or frame has come. */
  complete?: boolean;
  /** A head's first line; or what else there is to say. */
  note?: string;
  line?: number;
  met?: boolean;
  fin?: 0 | 1;
  rsv1?: 0 | 1;
  opcode?: number;
  opcodeName?: string;
  mask?: 0 | 1 | null;
  payloadLength?: string | null;
  /** The beginning of the payload as the notation has it: "Hello", hex:00ff, 1000 "bye"; then … where it goes on. */
  preview?: string;
  /** The same of the compressed message that the frame completes, inflated. */
  inflated?: string;
  /** How many rules it breaks, if any. */
  diagnostics?: number;
}

/** One rule broken at one place. */
export interface ConversationDiagnostic {
  rule: string;
  section: string;
  level: "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "stated";
  statusCode: number | null;
  /** Where it shows; may lie behind the rows listed. */
  row: number;
  bit: number;
  bits: number;
  found: string;
  /** Who broke it. */
  side: "client" | "server";
}

/** What `deflate` says of one compressed message, or null when none begins there. Its bytes are the
 *  window and behind it what came out; its unmasked bytes are the compressed data, joined. Here
 *  `bit` counts the bits of that data as DEFLATE reads them: bit n is bit n % 8 of byte n >> 3, the
 *  least significant being 0. What lies behind the data is 00 00 ff ff, put back. */
export interface Microscope {
  message: Message;
  /** How it ended; null when it is not complete or could not be inflated. */
  end: "complete" | "tail-kept" | "tail-missing" | null;
  error: InflateError | null;
  /** Bytes that earlier messages have left for matches to refer to, and bytes that came out (at most
   *  the first megabyte of them). */
  window: number;
  output: number;
  /** The size of the window agreed on, in bytes. */
  reach: number;
  /** Where the frames have the data; at most the first 500. */
  fragments: DataFragment[];
  fragmentCount: number;
  /** At most the first 500. */
  blocks: DeflateBlock[];
  blockCount: number;
  /** The words for the kinds of symbols. */
  kinds: string[];
  /** Every piece of the data in its order, at most the first 20,000: [bit, bits, kind, value, out], and
   *  behind that for a match [distance, flags]. kind is an index into kinds; value is the byte of a
   *  literal, the length of a match or of a stored run, LEN, the bits of padding or of a header; out
   *  is how many bytes had come out before. flags: 1 beyond the window agreed on, 2 into a message
   *  before, 4 into one that should be forgotten. */
  symbols: number[][];
  symbolCount: number;
  literals: number;
  matches: number;
  /** Bytes that came out of matches. */
  copied: number;
}

export interface InflateError { reason: string; bit: number; bits: number; found: string; expected: string; }
/** `length` bytes of the data from byte `from` on, in a frame from byte `start` of the stream on. */
export interface DataFragment { frame: number; start: number; from: number; length: number; }

export interface DeflateBlock {
  bit: number;
  bits: number;
  type: "stored" | "fixed" | "dynamic" | "reserved";
  final: boolean;
  /** Its first symbol, by the count of all, and how many it has. */
  first: number;
  count: number;
  /** How many bytes had come out before it. */
  out: number;
  /** The code lengths of a dynamic block; null for others. */
  codes: BlockCodes | null;
}

/** Code lengths as hex digits, one for each symbol from 0 on. */
export interface BlockCodes { bit: number; bits: number; precode: string; litlen: string; dist: string; }

/** Everything the page needs to know about the protocol, asked for once. */
export interface Catalog {
  rules: Rule[];
  opcodes: OpcodeEntry[];
  statusCodes: StatusEntry[];
  fields: FieldEntry[];
  presets: Preset[];
  symptoms: Symptom[];
  /** Languages that `literal` writes. */
  literals: { id: string; title: string }[];
  deflate: DeflateEntry;
  /** The most bytes that one carrier message may have. */
  messageLimit: number;
}

export interface Rule {
  id: string;
  /** The sections that say it, the home of the rule first: "5.2; 5.8" of RFC 6455, "7692/6.1" of another RFC. */
  section: string;
  level: "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "stated";
  /** Who breaks it. */
  party: "client" | "server" | "both";
  /** What a strict receiver answers with; null when it goes on. 1006: it drops the connection. */
  statusCode: number | null;
  /** What a strict server answers a handshake with that breaks it, such as 400; null for rules with another answer. */
  httpStatus: number | null;
  /** What the RFC asks, in one sentence. */
  asks: string;
  /** What a receiver does about it. */
  answer: string;
}

export interface OpcodeEntry { value: number; name: string; control: boolean; reserved: boolean; section: string; text: string; }
/** permessage-deflate: its name, its parameters, the sizes of windows, and the types of blocks
 *  that a payload can be compressed to, the first of which is no type but the smallest. */
export interface DeflateEntry {
  name: string;
  /** window: its value is the size of a window. */
  params: { name: string; window: boolean }[];
  minWindowBits: number;
  maxWindowBits: number;
  blocks: string[];
}
/** One code, or a range of them where `last` is greater than `first`. */
export interface StatusEntry { first: number; last: number; name: string; text: string; onWire: boolean; }
/** tint: which of the page's field colours it takes, 0 to 11. */
export interface FieldEntry { name: string; short: string; title: string; section: string; text: string; tint: number; }
export interface Preset {
  id: string;
  title: string;
  /** The rule that it breaks; "" for a legal one. */
  rule: string;
  sender: "client" | "server";
  ended: boolean;
  /** The agreement on permessage-deflate that it needs; null for none. */
  deflate: string | null;
  notation: string;
  /** One sentence: what to look at. */
  text: string;
}
/** What some implementation says when a rule is broken, for the search. */
export interface Symptom { who: string; says: string; rules: string[]; }
