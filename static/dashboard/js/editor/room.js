// Where a further tile finds room, and how a whole board is put on another grid. Pure, as geometry.js.

import { clamp, inReadingOrder, inTheWay, rowsOf } from "./geometry.js";

/** Width and height of a tile by its kind, on a board of twelve columns and eight rows. */
const SIZES = {
  number: [3, 2],
  gauge: [3, 2],
  trend: [6, 2],
  bars: [4, 3],
  donut: [4, 3],
  agents: [6, 4],
  table: [6, 3],
  text: [4, 2],
};

/** The size of a new tile among those that are there: on a board of many low rows it takes more of them. */
export function sizeOf(kind, places, { columns }) {
  const [w, h] = SIZES[kind] ?? [4, 2];
  const wide = Math.max(1, Math.round((w * columns) / 12));
  return [wide, h * Math.max(1, Math.round(rowsOf(places) / 8))];
}

/** The first place for `[w, h]` in reading order; a tile too wide for the grid is made narrower. */
export function firstFree(places, [w, h], { columns, rows }) {
  const size = { w: Math.min(w, columns), h };
  for (let y = 0; y + h <= rows; y += 1) {
    for (let x = 0; x + size.w <= columns; x += 1) {
      if (inTheWay(places, null, { x, y, ...size }).length === 0) return { x, y, ...size };
    }
  }
  return null;
}

/** Without rows in which there is nothing. */
export function closeGaps(places) {
  const taken = new Set(Object.values(places).flatMap(({ y, h }) => Array.from({ length: h }, (_, row) => y + row)));
  const above = (y) => Array.from({ length: y }, (_, row) => row).filter((row) => !taken.has(row)).length;
  return Object.fromEntries(Object.entries(places).map(([id, place]) => [id, { ...place, y: place.y - above(place.y) }]));
}

/** The same tiles on another number of columns: what does not fit beside its neighbours goes below them. */
export function refit(places, grid) {
  let fitted = {};
  for (const id of inReadingOrder(places)) {
    const place = clamp(places[id], grid);
    const free = inTheWay(fitted, id, place).length === 0 ? place : below(fitted, id, place, grid);
    if (!free) return null;
    fitted = { ...fitted, [id]: free };
  }
  return fitted;
}

function below(places, id, place, grid) {
  for (let { y } = place; y + place.h <= grid.rows; y += 1) {
    if (inTheWay(places, id, { ...place, y }).length === 0) return { ...place, y };
  }
  return firstFree(places, [place.w, place.h], grid);
}

/** Half of the largest tile, for a new one on a full board: `{places, position}`, or null where none can be halved. */
export function halve(places, { columns, rows }) {
  // A cell of the grid is about 16/columns wide and 9/rows high.
  const [wide, high] = [16 / columns, 9 / rows];
  const ids = inReadingOrder(places).filter((id) => places[id].w * places[id].h > 1);
  if (ids.length === 0) return null;
  const area = (id) => places[id].w * places[id].h;
  const id = ids.reduce((best, one) => (area(one) > area(best) ? one : best));
  const { x, y, w, h } = places[id];
  const across = h === 1 || (w > 1 && w * wide >= h * high);
  const [first, second] = across
    ? [{ x, y, w: Math.ceil(w / 2), h }, { x: x + Math.ceil(w / 2), y, w: Math.floor(w / 2), h }]
    : [{ x, y, w, h: Math.ceil(h / 2) }, { x, y: y + Math.ceil(h / 2), w, h: Math.floor(h / 2) }];
  return { places: { ...places, [id]: first }, position: second };
}
