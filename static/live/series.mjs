// What the plots show: the last ten minutes of a few numbers, a point for each
// report. The server's own history comes with the first report of every
// connection and takes the place of what was there, so that the plots are full at
// once; a server that was started anew begins anew.

/** For how long points are kept, in seconds. */
export const longest = 600;

/** The numbers of a point, in the order of the server's history. */
export const columns = ["live", "descriptors", "resident", "socketMemory", "traffic"];

export class Series {
  /** [{at, live, …, traffic}], oldest first; what the system does not tell is null. Replaced, never changed. */
  points = [];
  #total = null;

  /** Takes a report. */
  add({ at, history, totals, process, kernel }) {
    if (history) {
      this.points = [];
      this.#total = null;
      for (const [then, ...values] of history) if (then < at) this.#push(then, values);
    }
    if (this.points.at(-1)?.at >= at) this.points = []; // another server's clock
    this.#push(at, [totals.live, process.descriptors, process.resident, kernel.socketMemory, totals.bytesIn + totals.bytesOut]);
    this.points = this.points.filter((point) => point.at >= at - longest);
  }

  /** The last value is a count since the start; what is plotted is its growth a second. */
  #push(at, values) {
    const total = values.pop();
    const before = this.points.at(-1);
    const lasted = before ? at - before.at : 0;
    const traffic = this.#total === null || lasted <= 0 ? 0 : Math.max(0, total - this.#total) / lasted;
    this.#total = total;
    this.points.push({ at, ...Object.fromEntries(columns.slice(0, -1).map((name, index) => [name, values[index] ?? null])), traffic });
  }
}

/** The point at a time, or the last one before it; null when there is none. */
export function pointAt(points, at) {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return points[low - 1] ?? null;
}
