// Where the rows of a conversation stand, from the top of the diagram to its
// end, in pixels. Each row has the same height. Between two of them there is
//
//   folded    nothing, or one fold where nothing happened for long
//   to scale  room that grows with the time between them
//
// It is arithmetic on times and knows nothing of drawing, so a hundred thousand
// rows cost a few milliseconds.

/** A silence is long from here on, and only if it is also several times the usual one. */
const longSilence = 40;
const timesUsual = 4;
/** To scale, all silences together get about so many pixels, and a millisecond at most so many. */
const scaleRoom = 3000;
const mostPerMs = 60;

export class Track {
  /** Upper edge of each row. */
  top;
  /** Room above each row that belongs to the silence before it. */
  gap;
  total = 0;

  constructor(rows, { mode, rowHeight, foldHeight }) {
    const { length } = rows;
    this.top = new Float64Array(length);
    this.gap = new Float64Array(length);
    this.rowHeight = rowHeight;
    this.mode = mode;
    const last = length > 0 ? rows[length - 1].at - rows[0].at : 0;
    this.perMs = last > 0 ? Math.min(mostPerMs, scaleRoom / last) : 0;
    const long = mode === "folded" ? longFrom(rows) : 0;
    let y = 0;
    for (let index = 0; index < length; index++) {
      const silence = index === 0 ? 0 : rows[index].at - rows[index - 1].at;
      if (mode === "scale") this.gap[index] = silence * this.perMs;
      else if (silence >= long) this.gap[index] = foldHeight;
      y += this.gap[index];
      this.top[index] = y;
      y += rowHeight;
    }
    this.total = y;
  }

  /** The first row that reaches below y. */
  firstAt(y) {
    let low = 0;
    let high = this.top.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.top[middle] + this.rowHeight <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** From how many milliseconds on a silence is folded. */
function longFrom(rows) {
  const silences = new Float64Array(Math.max(0, rows.length - 1));
  for (let index = 1; index < rows.length; index++) silences[index - 1] = rows[index].at - rows[index - 1].at;
  silences.sort();
  const usual = silences.length > 0 ? silences[silences.length >> 1] : 0;
  return Math.max(longSilence, usual * timesUsual);
}
