// Why ports do not bound a server, said with this server's own numbers.

import { count, digits, h, resize, setText } from "../dom.mjs";
import { LivePart } from "../live/live-part.mjs";
import { countText, isUnlimited, roughText, unknown } from "../live/units.mjs";

/** All addresses of 127.0.0.0/8, but for its first and its last. */
const loopback = 2 ** 24 - 2;

/** How many addresses stand for several, where nothing is opened from several. */
const several = 4;

class Myth extends LivePart {
  build() {
    this.now = h("span", {}, "");
    this.sums = h("dl", { className: "sums" });
    this.append(
      h("div", { className: "myth-text" },
        h("p", {}, "A port number has 16 bits; people count to 65,535 and stop. But an accepted connection takes no port of the server’s: ", this.now),
        h("p", {}, "The kernel tells connections apart by four values together: source address, source port, destination address, destination port. If one differs, it is another connection. To the process each is a file descriptor."),
        h("p", {}, "More than 65,535 at once are to be seen on a machine of yours: ", h("code", { className: "mono" }, "framecraft hold -n 100000"), " holds them on one port, in several processes where descriptors run out, and prints what each of them had.")),
      this.sums);
  }

  paint({ report }, before) {
    if (before && before.report === report) return;
    const port = report?.listener ? `port ${report.listener.port}` : "the one port";
    setText(this.now, report ? `${count(report.totals.live, "is", "are")} on ${port} now, where it listens.` : "all of them are on the one that it listens on.");
    const sums = sumsOf(report);
    const rows = resize(this.sums, sums.length, () => {
      const [what, sum, result] = ["dt", "dd", "dd"].map((name) => h(name, {}, ""));
      sum.className = "sum-way mono muted";
      result.className = "sum-result mono";
      return Object.assign(h("div", {}, what, sum, result), { parts: [what, sum, result] });
    });
    sums.forEach((texts, index) => texts.forEach((text, part) => setText(rows[index].parts[part], text)));
  }
}

function sumsOf(report) {
  const ports = report?.kernel.ports;
  const range = ports ? ports.high - ports.low + 1 : null;
  const used = report?.opener.sources ?? 0;
  const sources = used > 1 ? used : several;
  const { softLimit = null, descriptors = null } = report?.process ?? {};
  return [
    ["One client address to this port", ports ? `${ports.high} − ${ports.low} + 1` : "", countText(range)],
    [`${sources} addresses${used > 1 ? ", as used here" : ""}`, range ? `${sources} × ${digits(range)}` : "", countText(range && range * sources)],
    ["All of 127.0.0.0/8", range ? `${digits(loopback)} × ${digits(range)}` : "", range ? roughText(loopback * range) : unknown],
    isUnlimited(softLimit) ? ["Descriptors left", "", "no limit"]
      : ["Descriptors left until the soft limit", softLimit ? `${digits(softLimit)} − ${countText(descriptors)}` : "", softLimit ? countText(softLimit - descriptors) : unknown],
  ];
}

customElements.define("live-myth", Myth);
