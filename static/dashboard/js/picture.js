// A tile as a picture (PNG): as it is on the screen, with the time it was taken and the state of its data.

import { stampText } from "./facts.js";
import { present, titles } from "./tiles/parts.js";
import { still } from "./still.js";

const SCALE = 2;
const COLOURS = ["--page", "--label", "--text"];

/** “Sales floor · 22 Nov 2026, 14:00:07 CET · live”. */
export function captionOf(tile, model, context) {
  const { word } = context;
  const time = stampText(context.now(), context);
  const { state } = model.tileState(tile);
  const level = model.tileLevel(tile);
  const words = { live: word("live"), late: word("late"), stale: word("stale_plain") };
  const stateWords = words[state] ?? word(`${state}_plain`);
  return [model.wallboard.title, time, stateWords, level === "normal" ? "" : word(level)].filter(Boolean).join(" · ");
}

/** What the picture says, line by line: for a browser that lets no page be painted. */
export function linesOf(tile, context) {
  const names = titles(tile, context);
  const values = tile.series.map((id, index) => {
    const shown = present(tile, id, context);
    const value = [shown.mark, shown.text, shown.unit, shown.note].filter(Boolean).join(" ");
    return tile.series.length > 1 ? `${names[index]}: ${value}` : value;
  });
  return [tile.title, ...values];
}

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.ceil(width * SCALE), height: Math.ceil(height * SCALE) });
  const pen = canvas.getContext("2d");
  pen.scale(SCALE, SCALE);
  return { canvas, pen };
}

function inkOf(element) {
  const style = getComputedStyle(element);
  const [page, label, text] = COLOURS.map((name) => style.getPropertyValue(name).trim());
  return { page, label, text, family: style.fontFamily };
}

/** Writes the caption under a picture, smaller where it would not fit. */
function caption(pen, text, { width, top, height }, { label, family }) {
  pen.fillStyle = label;
  pen.textBaseline = "middle";
  let size = height * 0.55;
  do pen.font = `${size}px ${family}`;
  while (pen.measureText(text).width > width - 16 && (size -= 0.5) > 7);
  pen.fillText(text, 8, top + height / 2, width - 16);
}

async function paint(article, text) {
  const { width, height } = article.getBoundingClientRect();
  const copy = still(article);
  Object.assign(copy.style, { margin: "0", position: "static", boxSizing: "border-box", width: `${width}px`, height: `${height}px` });
  copy.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");
  const inner = new XMLSerializer().serializeToString(copy);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * SCALE}" height="${height * SCALE}" viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%">${inner}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const foot = captionHeight(width);
  const { canvas, pen } = canvasOf(width, height + foot);
  const ink = inkOf(document.body);
  pen.fillStyle = ink.page;
  pen.fillRect(0, 0, width, height + foot);
  pen.drawImage(image, 0, 0, width, height);
  caption(pen, text, { width, top: height, height: foot }, ink);
  return canvas;
}

const captionHeight = (width) => Math.max(24, Math.min(48, width / 16));

/** The same in words only. */
export function paintLines(lines, text) {
  const [width, line] = [640, 34];
  const height = (lines.length + 1) * line;
  const { canvas, pen } = canvasOf(width, height + 32);
  const ink = inkOf(document.body);
  pen.fillStyle = ink.page;
  pen.fillRect(0, 0, width, height + 32);
  pen.fillStyle = ink.text;
  pen.textBaseline = "middle";
  lines.forEach((one, index) => {
    pen.font = `${index === 0 ? 600 : 400} ${line * 0.6}px ${ink.family}`;
    pen.fillText(one, 16, (index + 1) * line, width - 32);
  });
  caption(pen, text, { width, top: height, height: 32 }, ink);
  return canvas;
}

const toBlob = (canvas) => new Promise((resolve) => canvas.toBlob(resolve, "image/png"));

/** @returns {Promise<Blob>} some browsers forbid to read a painted page back; they get its words. */
export async function pictureOf(article, tile, model, context) {
  const text = captionOf(tile, model, context);
  try {
    return await toBlob(await paint(article, text));
  } catch {
    return await toBlob(paintLines(linesOf(tile, context), text));
  }
}

/** @returns {Promise<boolean>} whether there is a picture */
export async function downloadPicture(article, tile, model, context) {
  const blob = await pictureOf(article, tile, model, context);
  if (!blob) return false;
  const stamp = new Date(context.now()).toISOString().slice(0, 16).replace(":", "");
  const href = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href, download: `${model.wallboard.slug}-${tile.id}-${stamp}.png` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
  return true;
}
