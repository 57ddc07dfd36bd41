// The arithmetic of the plots: how far a scale goes, and the path of a line.
// It knows nothing of nodes.

import { gap } from "./series.mjs";

/** The lowest and highest value of a column between two times; null when there is none. */
export function extent(points, column, from) {
  let low = Infinity;
  let high = -Infinity;
  for (const point of points) {
    const value = point[column];
    if (value === null || point.at < from) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

/**
 * The ends of a scale that shows values between low and high: round numbers, from 0.
 * A scale that may be near to its values leaves out what would press them into a thin line at the top.
 */
export function scaleOf({ low, high }, base = 10, near = false) {
  if (high <= 0) return { bottom: 0, top: 1 };
  const change = high - low;
  const bottom = near && change < high * 0.2 ? roundDown(low - change - high * 0.02, base) : 0;
  return { bottom, top: bottom > 0 ? bottom + roundUp(high + change * 0.2 - bottom, base) : roundUp(high, base) };
}

/** The next number that is round: one digit, or 15, and zeros behind it; for bytes (base 1024) in their unit. */
function roundUp(n, base) {
  if (n <= 0) return 1;
  const unit = base === 10 ? 1 : base ** Math.max(0, Math.floor(Math.log(n) / Math.log(base)));
  const step = unit * 10 ** Math.max(0, Math.floor(Math.log10(n / unit)));
  return step * [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * step >= n);
}

function roundDown(n, base) {
  if (n <= 0) return 0;
  const step = roundUp(n, base) / 20;
  return Math.floor(n / step) * step;
}

/**
 * The path of a column from a time on, in a box of width by height: the line, and the area below it.
 */
export function pathOf(points, column, { from, span, bottom, top, width, height }) {
  let line = "";
  let area = "";
  let last = null;
  let begun = 0;
  const x = (at) => Math.round(((at - from) / span) * width * 10) / 10;
  const y = (value) => Math.round((1 - (value - bottom) / (top - bottom)) * height * 10) / 10;
  const end = () => {
    if (last !== null) area += `L${x(last.at)} ${height}L${begun} ${height}Z`;
  };
  for (const point of points) {
    const value = point[column];
    if (value === null || point.at < from) continue;
    const at = x(point.at);
    const step = `${at} ${y(value)}`;
    if (last === null || point.at - last.at > gap) {
      end();
      begun = at;
      line += `M${step}`;
      area += `M${step}`;
    } else {
      line += `L${step}`;
      area += `L${step}`;
    }
    last = point;
  }
  end();
  return { line, area };
}
