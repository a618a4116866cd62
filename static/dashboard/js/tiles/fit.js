// Type as large as its place allows: the width of a text in em is measured once, the rest is container units.

const widths = new Map();
const MOST_REMEMBERED = 2000;
let canvas;

/** The width of `text` in em, semi-bold unless told otherwise. Digits all count as 0: their figures are tabular. */
export function emWidth(text, weight = 600) {
  const figures = String(text).replace(/\d/g, "0");
  const key = `${weight} ${figures}`;
  if (widths.has(key)) return widths.get(key);
  canvas ??= document.createElement("canvas").getContext("2d");
  canvas.font = `${weight} 100px ${getComputedStyle(document.body).fontFamily}`;
  const width = canvas.measureText(figures).width / 100;
  if (widths.size >= MOST_REMEMBERED) widths.clear();
  widths.set(key, width);
  return width;
}

// Large figures stand closer together, as `.tb-line` has it.
const TRACKING = -0.025;

/** Tells the style sheet how wide a value with its unit (40 % of the size) is, but never less than `least` em. */
export function setEm(element, text, unit = "", least = 0) {
  const width = emWidth(text) + TRACKING * text.length + (unit ? 0.45 * emWidth(unit) + 0.14 : 0);
  const em = Math.max(width, least).toFixed(2);
  if (element.style.getPropertyValue("--em") !== em) element.style.setProperty("--em", em);
}

const SCALES = [1.6, 1.25, 1];

/** The largest of three sizes of type at which everything fits; the smallest, which never shrinks, where nothing does. */
export function setScale(body, fits) {
  const scale = SCALES.find(fits) ?? 1;
  if (body.style.getPropertyValue("--scale") !== String(scale)) body.style.setProperty("--scale", scale);
  return scale;
}

/** The smallest type of a view in px, as the style sheet has it (`--type-small`). */
export function smallType(element) {
  const probe = document.createElement("span");
  probe.className = "type-probe";
  element.append(probe);
  // Not its height on the screen: the editor shows a wall smaller than it is.
  const size = parseFloat(getComputedStyle(probe).height);
  probe.remove();
  return size || 16;
}

/** How many lines pieces of these widths take; `gap` is at the end of each and may hang over. */
export function linesOf(widths, room, gap = 0) {
  let [lines, used] = [1, 0];
  for (const width of widths) {
    if (used > 0 && used + width - gap > room) [lines, used] = [lines + 1, 0];
    used += width;
  }
  return lines;
}
