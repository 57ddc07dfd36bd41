// What the plots show: the last ten minutes of a few numbers, a point for each
// report. The server's own history comes with the first report of every
// connection and takes the place of what was there, so that the plots are full at
// once; a server that was started anew begins anew.

/** For how long points are kept, in seconds. */
export const longest = 600;

/** Points further apart than this, in seconds, are not joined: nobody was there to see. */
export const gap = 6;

/** The numbers of a point, in the order of the server's history. */
export const columns = ["live", "descriptors", "resident", "socketMemory", "traffic"];

/** Reports that answer a command come soon after one another; over less than this, in seconds, a rate would be their own. */
const shortest = 0.8;

export class Series {
  /** [{at, live, …, traffic}], oldest first; what the system does not tell is null, and the first rate. Replaced, never changed. */
  points = [];
  /** What the next rate is reckoned from: {at, total}, null for nothing yet. */
  #base = null;

  /** Takes a report. */
  add({ at, history, totals, process, kernel }) {
    if (history) {
      this.points = [];
      this.#base = null;
      for (const [then, ...values] of history) if (then < at) this.#push(then, values);
    }
    if (this.points.at(-1)?.at >= at) this.points = []; // another server's clock
    this.#push(at, [totals.live, process.descriptors, process.resident, kernel.socketMemory, totals.bytesIn + totals.bytesOut]);
    this.points = this.points.filter((point) => point.at >= at - longest);
  }

  /** The last value is a count since the start; what is plotted is its growth a second. */
  #push(at, values) {
    const total = values.pop();
    const lasted = this.#base === null ? 0 : at - this.#base.at;
    const soon = lasted > 0 && lasted < shortest;
    const traffic = soon ? this.points.at(-1)?.traffic ?? null : lasted > 0 ? Math.max(0, total - this.#base.total) / lasted : null;
    if (!soon) this.#base = { at, total };
    this.points.push({ at, ...Object.fromEntries(columns.slice(0, -1).map((name, index) => [name, values[index] ?? null])), traffic });
  }
}

/** The point at a time, or the last one before it; null when there is none, or none that is joined with the next. */
export function pointAt(points, at) {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  const [last, next] = [points[low - 1], points[low]];
  if (!last || (next && next.at - last.at > gap && at > last.at)) return null;
  return last;
}
