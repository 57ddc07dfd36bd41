// Numbers as a person reads them: bytes, times, counts. What the system does not
// tell is null, and shown as a dash.

import { digits } from "../dom.mjs";

export const unknown = "–";

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** 900 is "900 B", 1536 "1.5 KiB", 31_000_000 "29.6 MiB". */
export function bytesText(n) {
  if (n === null || n === undefined) return unknown;
  let unit = 0;
  while (Math.abs(n) >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? digits(Math.round(n)) : n.toFixed(1)} ${units[unit]}`;
}

/** 0.4 is "0.4 s", 12.3 "12 s", 75 "1 min", 4000 "1 h". */
export function ageText(seconds) {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${digits(Math.floor(seconds / 86_400))} d`;
}

/** 75 is "1 min 15 s". */
export function spanText(seconds) {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return [minutes > 0 && `${minutes} min`, (whole % 60 > 0 || minutes === 0) && `${whole % 60} s`].filter(Boolean).join(" ");
}

/** A count, or a dash. */
export function countText(n) {
  return n === null || n === undefined ? unknown : digits(Math.round(n));
}

/** A limit beyond this is none. */
const unbounded = 1e15;

/** Whether a system sets no limit, or none that anybody comes to. */
export function isUnlimited(n) {
  return n > unbounded;
}

/** A limit, or that there is none. */
export function limitText(n) {
  return isUnlimited(n) ? "no limit" : countText(n);
}

/** Large counts in words: 473610000000 is "474 billion". */
export function roughText(n) {
  for (const [size, word] of [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]]) {
    if (n >= size) return `${n >= size * 100 ? digits(Math.round(n / size)) : (n / size).toFixed(1)} ${word}`;
  }
  return countText(n);
}
