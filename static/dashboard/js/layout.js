// Where each tile goes: as configured on a wall, in pairs on a portrait wall, in one or two columns on narrow screens.

const NARROW = 800;
const TWO_COLUMNS_FROM = 360;
const WIDE_NARROW = 600;
const COMPACT = new Set(["number", "gauge"]);
// Heights in rows of the narrow grid, by kind.
const NARROW_ROWS = { number: 3, gauge: 4, trend: 6, bars: 7, donut: 5, agents: 9, table: 7, text: 4 };

const inReadingOrder = (tiles) =>
  [...tiles].sort((one, other) => one.position.y - other.position.y || one.position.x - other.position.x);

/** Places tiles that are `half` in pairs and the others alone; one left without a partner takes the full width. */
function pairs(tiles, columns, half, height) {
  const cells = {};
  let y = 0;
  for (let index = 0; index < tiles.length; index += 1) {
    const [tile, next] = [tiles[index], tiles[index + 1]];
    const paired = columns > 1 && next && half(tile) && half(next);
    const h = paired ? Math.max(height(tile), height(next)) : height(tile);
    cells[tile.id] = { x: 0, y, w: paired ? columns / 2 : columns, h };
    if (paired) {
      cells[next.id] = { x: columns / 2, y, w: columns / 2, h };
      index += 1;
    }
    y += h;
  }
  return { columns, rows: y, cells };
}

/**
 * @param {object[]} tiles of the snapshot
 * @param {number} columns of the wallboard
 * @returns {{mode: "wall"|"portrait"|"narrow", columns: number, rows: number, order: object[],
 *            cells: Object<string, {x: number, y: number, w: number, h: number}>}}
 */
export function arrange(tiles, columns, width, height) {
  const order = inReadingOrder(tiles);
  const share = (tile) => tile.position.w / columns;
  if (width <= NARROW) {
    const half = (tile) => COMPACT.has(tile.kind) || (width >= WIDE_NARROW && share(tile) <= 0.5);
    const rows = (tile) => NARROW_ROWS[tile.kind] ?? 6;
    return { mode: "narrow", order, ...pairs(order, width >= TWO_COLUMNS_FROM ? 2 : 1, half, rows) };
  }
  if (height > width) {
    const half = (tile) => share(tile) <= 0.34;
    return { mode: "portrait", order, ...pairs(order, 2, half, (tile) => tile.position.h) };
  }
  const cells = Object.fromEntries(tiles.map((tile) => [tile.id, tile.position]));
  const rows = Math.max(1, ...tiles.map(({ position }) => position.y + position.h));
  return { mode: "wall", order, columns, rows, cells };
}
