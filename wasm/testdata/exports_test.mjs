// Drives protocol.wasm in Node as the page does: through static/protocol.mjs,
// and at the bare exports where something has to go wrong. Started by
// exports_test.go with the module and Go's wasm_exec.js as arguments.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

import { Protocol } from "../../static/protocol.mjs";

const [modulePath, supportPath] = process.argv.slice(2);
createRequire(import.meta.url)(resolve(supportPath));
const compiled = await WebAssembly.compile(readFileSync(modulePath));

async function instantiate() {
  const go = new globalThis.Go();
  const instance = await WebAssembly.instantiate(compiled, go.importObject);
  return { go, instance, exports: instance.exports };
}

async function start() {
  const { go, instance, exports } = await instantiate();
  go.run(instance);
  return { exports, protocol: new Protocol(exports) };
}

const client = { seed: 1, sender: "client", ended: false, deflate: "" };
const tests = {
  async "calls before the module runs throw"() {
    const { exports } = await instantiate();
    assert.throws(() => exports.input(1));
    assert.throws(() => exports.catalog());
  },

  async "the exports are those that are documented"() {
    const { exports } = await start();
    const own = ["input", "read", "edit", "paste", "recover", "deflate", "literal", "catalog", "scenario", "transcript"];
    for (const name of own) assert.equal(typeof exports[name], "function", name);
    const others = Object.keys(exports).filter((name) => !own.includes(name)).sort();
    assert.deepEqual(others, ["getsp", "mem", "resume", "run"], "what Go adds by itself");
  },

  async "a frame of the RFC comes out as the RFC has it"() {
    const { protocol } = await start();
    const answer = protocol.read('text mask=37fa213d "Hello"', client);
    assert.equal(answer.view.error, null);
    assert.equal(hex(answer.bytes), "818537fa213d7f9f4d5158");
    assert.equal(hex(answer.unmasked), "818537fa213d48656c6c6f");
    assert.equal(answer.report.verdict.outcome, "legal");
  },

  async "the same seed gives the same keys, another seed others"() {
    const { protocol } = await start();
    const read = (seed) => hex(protocol.read('text "a"\nping', { ...client, seed }).bytes);
    assert.equal(read(7), read(7));
    assert.notEqual(read(7), read(8));
    assert.equal(read(-1), read(0xffffffff), "any 32-bit number will do, signed or not");
  },

  async "edit, paste, recover and literal answer"() {
    const { protocol } = await start();
    assert.equal(protocol.edit("ping mask=01020304", "set 0 fin\n0", client).view.drafts[0].fin, 0);
    assert.equal(protocol.paste("81 00", client).view.recognised, "hex");
    assert.equal(hex(protocol.recover(Uint8Array.of(0x81, 0x01, 0x41), client).bytes), "810141");
    for (const { id } of protocol.catalog.literals) assert.notEqual(protocol.literal(id, Uint8Array.of(0, 255)), "", id);
    assert.throws(() => protocol.literal("nothing", Uint8Array.of(1)), "a language that does not exist");
    const refused = protocol.edit("ping", "set 0 opcode\n99", client);
    assert.equal(refused.view.error.line, 0);
    const disagreed = protocol.read("ping", { ...client, deflate: "permessage-deflate; x" });
    assert.equal(disagreed.view.error.found, '"x"');
    assert.equal(disagreed.report, null);
    assert.equal(protocol.paste("c1 01 06", { ...client, deflate: "permessage-deflate" }).report.deflate, "permessage-deflate");
    assert.equal(protocol.recover(Uint8Array.of(0xc1, 0x01, 0x06), { ...client, sender: "server", deflate: "permessage-deflate" }).report.diagnostics[0].rule, "deflate-data-invalid");
    assert.equal(refused.reportText + refused.doc + hex(refused.bytes) + hex(refused.unmasked), "");
  },

  async "scenarios and transcripts are read"() {
    const { protocol } = await start();
    const scenario = protocol.scenario('handshake /chat\ntext mask=37fa213d "Hello"\nexpect close');
    assert.deepEqual(scenario.view.steps.map((step) => step.kind), ["handshake", "frame", "expect"]);
    const [handshake, frame] = scenario.view.steps;
    assert.equal(hex(scenario.bytes.slice(frame.start, frame.end)), "818537fa213d7f9f4d5158");
    assert.match(new TextDecoder().decode(scenario.bytes.slice(handshake.start, handshake.end)), /^GET \/chat HTTP/);
    assert.equal(scenario.report.frameCount, 1);
    assert.equal(scenario.doc, 'handshake /chat\ntext mask=37fa213d "Hello"\nexpect close\n');
    assert.equal(protocol.scenario("text\nwait").view.error.line, 2);
    const transcript = protocol.transcript("1ms client bytes 81\n2ms server bytes 88 00\n3ms client bytes 80 00 00 00 00\n");
    assert.deepEqual(transcript.view.conversation.rows.map((row) => row.side), ["server", "client"]);
    assert.equal(hex(transcript.bytes), "8180000000008800");
    assert.equal(protocol.transcript("1ms").view.conversation, null);
  },

  async "deflate looks into a compressed message"() {
    const { protocol } = await start();
    const stream = Uint8Array.from(Buffer.from("c107f248cdc9c90700" + "c105f200110000", "hex"));
    const pmd = { sender: "server", ended: false, deflate: "permessage-deflate" };
    const second = protocol.deflate(stream, 9, pmd);
    assert.equal(second.view.message.preview, "Hello");
    assert.equal(Buffer.from(second.bytes).toString(), "HelloHello");
    assert.equal(hex(second.unmasked), "f200110000");
    assert.equal(second.view.window, 5);
    const kinds = second.view.symbols.map(([, , kind]) => second.view.kinds[kind]);
    assert.deepEqual(kinds, ["header", "literal", "match", "end", "header", "padding", "length", "end"]);
    assert.equal(protocol.deflate(stream, 1, pmd).view, null, "no message begins there");
    assert.equal(protocol.deflate(stream, 0, { ...pmd, deflate: "" }).view, null, "no agreement");
    assert.equal(protocol.deflate(stream, 0, { ...pmd, deflate: "x" }).view.error.found, '"x"');
  },

  async "memory grows and the answers stay right"() {
    const { exports, protocol } = await start();
    const before = exports.mem.buffer;
    for (const size of [1 << 20, 8 << 20]) {
      const bytes = new Uint8Array(size);
      for (let i = 0; i < size; i += 4096) bytes[i] = i >> 12;
      bytes.set([0x82, 0x7f, 0, 0, 0, 0, (size - 10) >>> 24, (size - 10) >>> 16, (size - 10) >>> 8, size - 10]);
      const recovered = protocol.recover(bytes, client);
      assert.equal(recovered.view.error, null);
      assert.equal(recovered.view.drafts.length, 1);
      assert.ok(Buffer.from(recovered.bytes).equals(bytes), `${size} bytes recovered`);
      const read = protocol.read(recovered.doc, client);
      assert.ok(Buffer.from(read.bytes).equals(bytes), `${size} bytes read`);
      assert.equal(read.doc, recovered.doc);
    }
    assert.equal(before.byteLength, 0, "the memory has grown, so the view from before is detached");
    assert.equal(protocol.read("ping", client).view.error, null);
  },

  async "a panic answers address 0 and harms no later call"() {
    const { exports, protocol } = await start();
    exports.input(10);
    const { lines } = await quietly(() => {
      assert.equal(exports.read(1 << 30, 0, 1, 0), 0, "longer than the input");
      assert.equal(exports.read(-1, 0, 1, 0), 0, "a negative length");
      assert.equal(exports.edit(10, 1 << 30, 0, 1, 0), 0);
      assert.equal(exports.literal(-5, 5), 0);
    });
    assert.equal(lines.length, 4, "each leaves one line on the console");
    assert.equal(protocol.read("ping", client).view.error, null);
    assert.equal(exports.input(-1), 0);
    assert.equal(exports.input((64 << 20) + 1), 0);
    assert.equal(protocol.read("ping", client).view.error, null);
  },

  async "every export takes nothing"() {
    const { exports, protocol } = await start();
    exports.input(0);
    for (const name of ["read", "paste", "recover"]) assert.notEqual(exports[name](0, 0, 0, 0), 0, name);
    assert.notEqual(exports.edit(0, 0, 0, 0, 0), 0);
    assert.equal(protocol.read("", client).bytes.length, 0);
  },

  async "ten thousand calls leave the memory as it is"() {
    const { exports, protocol } = await start();
    const call = () => protocol.edit('text mask=37fa213d "Hello"\nbinary repeat(ab,300)', "flip 0 3", client);
    for (let i = 0; i < 2000; i++) call();
    const size = exports.mem.buffer.byteLength;
    for (let i = 0; i < 10_000; i++) call();
    assert.ok(exports.mem.buffer.byteLength <= size + (4 << 20), "the memory keeps growing");
  },

  async "golden vectors: the module answers what the native build answers"() {
    const { exports, protocol } = await start();
    const directory = new URL("golden/", import.meta.url);
    let count = 0;
    for (const name of readdirSync(directory)) {
      const text = readFileSync(new URL(name, directory), "utf8");
      const { seed, sender, ended, deflate, notation, operation, answer } = parseVector(text);
      const options = { seed, sender, ended, deflate };
      if (operation === "") protocol.read(notation, options);
      else protocol.edit(notation, operation, options);
      assert.equal(lastAnswer(exports, notation, operation, options), answer, name);
      count++;
    }
    assert.ok(count >= 20, `${count} vectors`);
  },
};

/** The five sections as text, from the bare exports: the texts themselves are compared, not what they parse to. */
function lastAnswer(exports, notation, operation, { seed, sender, ended, deflate }) {
  const parts = [notation, operation, deflate].map((text) => Buffer.from(text));
  const [docLen, opLen, deflateLen] = parts.map((part) => part.length);
  const all = Buffer.concat(parts);
  const room = exports.input(all.length) >>> 0;
  new Uint8Array(exports.mem.buffer).set(all, room);
  const flags = (sender === "server" ? 1 : 0) | (ended ? 2 : 0);
  const table = operation === ""
    ? exports.read(docLen, deflateLen, seed, flags)
    : exports.edit(docLen, opLen, deflateLen, seed, flags);
  const words = new Uint32Array(exports.mem.buffer.slice(table >>> 0, (table >>> 0) + 40));
  const section = (i) => Buffer.from(exports.mem.buffer, words[2 * i], words[2 * i + 1]);
  const [view, report, doc, wire, unmasked] = [0, 1, 2, 3, 4].map(section);
  return `-- view --\n${view}\n-- report --\n${report}\n-- doc --\n${doc}\n-- wire --\n${hex(wire)}\n-- unmasked --\n${hex(unmasked)}\n`;
}

function parseVector(text) {
  const at = text.indexOf("-- view --\n");
  const [given, answer] = [text.slice(0, at), text.slice(at)];
  const [, seed, sender, ended, deflate = "", sections] =
    /^seed=(\d+) sender=(\w+) ended=(\w+)(?: deflate=(.*))?\n-- notation --\n([^]*)$/.exec(given);
  const [notation, operation = ""] = sections.split("-- operation --\n").map((part) => part.replace(/\n$/, ""));
  return { seed: Number(seed) | 0, sender, ended: ended === "true", deflate, notation, operation, answer };
}

function hex(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** Runs the function and takes what it writes to the console. */
async function quietly(run) {
  const lines = [];
  const { log } = console;
  console.log = (line) => lines.push(line);
  try {
    run();
  } finally {
    console.log = log;
  }
  return { lines };
}

for (const [name, test] of Object.entries(tests)) {
  const begin = performance.now();
  await test();
  console.log(`ok: ${name} (${Math.round(performance.now() - begin)} ms)`);
}
// The instances wait for calls for ever.
process.exit(0);
