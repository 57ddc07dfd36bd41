// What connections take, and how much of it there is: descriptors, memory of the
// process and of the kernel, ports. A meter where there is a limit; the number
// always as text.

import { digits, h, resize, setAttribute, setShown, setText } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";
import { bytesText, countText, isUnlimited, limitText, unknown } from "../live/units.mjs";

class Gauges extends LivePart {
  build() {
    this.list = h("dl", { className: "gauges" });
    this.append(this.list);
  }

  paint({ report }, before) {
    if (before && before.report === report) return;
    const gauges = report === null ? waiting : gaugesOf(report);
    const items = resize(this.list, gauges.length, () => {
      const parts = {
        name: h("dt", {}, ""), value: h("dd", { className: "gauge-value mono" }, ""), of: h("dd", { className: "gauge-of" }, ""),
        meter: h("meter", { min: "0" }), more: h("dd", { className: "gauge-more muted" }, ""),
      };
      const { name, value, of, meter, more } = parts;
      return Object.assign(h("div", { className: "gauge" }, name, value, of, h("dd", { className: "gauge-meter" }, meter), more), { parts });
    });
    gauges.forEach(({ name, value, of = "", used = null, limit = null, more }, index) => {
      const { parts } = items[index];
      setText(parts.name, name);
      setText(parts.value, value);
      setText(parts.of, of);
      setText(parts.more, more);
      const measured = used !== null && limit > 0;
      setShown(parts.meter.parentNode, measured);
      if (!measured) return;
      setAttribute(parts.meter, "max", limit);
      setAttribute(parts.meter, "high", Math.round(limit * 0.8));
      setAttribute(parts.meter, "value", used);
      setAttribute(parts.meter, "aria-label", `${name}: ${value} ${of}`);
      setText(parts.meter, `${value} ${of}`);
    });
  }
}

const waiting = ["File descriptors", "Process memory", "Kernel memory for TCP", "Ports to dial from"].map((name) => ({ name, value: unknown, more: "" }));

function gaugesOf({ process, kernel, memoryEach, opener }) {
  const { descriptors, softLimit, hardLimit } = process;
  const { ports } = kernel;
  const range = ports ? ports.high - ports.low + 1 : null;
  const each = opener.sources > 0 ? Math.ceil(opener.open / opener.sources) : 0;
  return [
    {
      name: "File descriptors", value: countText(descriptors), of: !softLimit ? "" : isUnlimited(softLimit) ? "no limit" : `of ${digits(softLimit)}, ${percent(descriptors, softLimit)}`, used: descriptors, limit: isUnlimited(softLimit) ? null : softLimit,
      more: [
        softLimit && !isUnlimited(softLimit) && (hardLimit > softLimit ? `The soft limit; the hard one is ${limitText(hardLimit)}.` : "The soft limit, and the hard one too."),
        opener.open > 0 && `The far ends of the ${digits(opener.open)} opened here are among them.`,
        kernel.fileMax && `Whole system: ${countText(kernel.filesOpen)}${isUnlimited(kernel.fileMax) ? ", without a limit" : ` of ${digits(kernel.fileMax)}`}.`,
      ].filter(Boolean).join(" "),
    },
    {
      name: "Process memory", value: bytesText(process.resident), of: memoryEach ? `at most ${bytesText(memoryEach)} each` : "",
      more: `${memoryEach ? "All growth since there were few, garbage and far ends with it, among as many as there were at most; the table has what each one holds. " : ""}Heap ${bytesText(process.heap)}, stacks ${bytesText(process.stacks)}; ${countText(process.goroutines)} goroutines on ${countText(process.threads)} threads.`,
    },
    {
      name: "Kernel memory for TCP", value: bytesText(kernel.socketMemory), of: kernel.sockets ? `for ${digits(kernel.sockets)} sockets` : "",
      more: kernel.socketMemory === null ? "This system does not tell." : "Buffers of all sockets of the system. A connection that idles needs next to none; its socket, a few KiB, is not among them.",
    },
    {
      name: "Ports to dial from", value: countText(range), of: ports ? `${ports.low} to ${ports.high}` : "", used: range && opener.allowed ? each : null, limit: range,
      more: ports ? `They bound who dials: so many from one address to one port.${opener.open > 0 ? ` This page uses about ${digits(each)} from each of ${opener.sources} addresses.` : ""}` : "This system does not tell.",
    },
  ];
}

function percent(used, limit) {
  const part = (used / limit) * 100;
  if (part < 9.95) return `${part.toFixed(1)} %`;
  // Nearly all is not all.
  return `${used < limit ? Math.min(Math.round(part), 99) : Math.round(part)} %`;
}

customElements.define("live-gauges", Gauges);
