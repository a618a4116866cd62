// Where tiles may go on the grid. Pure: `places` is {id: {x, y, w, h}}, each change gives new ones, null where there is no room.

export const collide = (one, other) =>
  one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;

const sameSize = (one, other) => one.w === other.w && one.h === other.h;
const within = (value, least, most) => Math.min(Math.max(value, least), most);
export const inReadingOrder = (places) =>
  Object.keys(places).sort((one, other) => places[one].y - places[other].y || places[one].x - places[other].x);

/** The ids of the tiles, but for `id` itself, that are in the way of `place`. */
export function inTheWay(places, id, place) {
  return Object.keys(places).filter((other) => other !== id && collide(places[other], place));
}

/** The number of rows that the tiles take, at least one. */
export const rowsOf = (places) => Math.max(1, ...Object.values(places).map(({ y, h }) => y + h));

/** A place of that size as near to the wanted one as the grid allows. */
export function clamp({ x, y, w, h }, { columns, rows }) {
  const size = { w: within(w, 1, columns), h: within(h, 1, rows) };
  return { x: within(x, 0, columns - size.w), y: within(y, 0, rows - size.h), ...size };
}

/** Makes room for the tile `id` where it is: what is in the way goes down, and what that meets, too. */
export function push(places, id, { rows }) {
  const moved = { ...places };
  const queue = [id];
  while (queue.length > 0) {
    const current = queue.shift();
    const below = moved[current].y + moved[current].h;
    for (const other of inReadingOrder(moved)) {
      if (other === current || other === id || !collide(moved[other], moved[current])) continue;
      if (below + moved[other].h > rows) return null;
      moved[other] = { ...moved[other], y: below };
      queue.push(other);
    }
  }
  return moved;
}

/** How many cells two places share. */
function shared(one, other) {
  const along = (start, size) => Math.min(one[start] + one[size], other[start] + other[size]) - Math.max(one[start], other[start]);
  return Math.max(0, along("x", "w")) * Math.max(0, along("y", "h"));
}

/** Both change places, and sizes where these differ. */
const swap = (places, one, other) => ({ ...places, [one]: { ...places[other] }, [other]: { ...places[one] } });

/** Makes room for the tile `id` where it is by what the others give up: each keeps the largest part that is left of it. */
function cut(places, id) {
  const target = places[id];
  const smaller = { ...places };
  for (const other of inTheWay(places, id, target)) {
    const { x, y, w, h } = places[other];
    const parts = [
      { x, y, w: target.x - x, h },
      { x: target.x + target.w, y, w: x + w - target.x - target.w, h },
      { x, y, w, h: target.y - y },
      { x, y: target.y + target.h, w, h: y + h - target.y - target.h },
    ].filter((part) => part.w > 0 && part.h > 0);
    if (parts.length === 0) return null;
    smaller[other] = parts.reduce((best, part) => (part.w * part.h > best.w * best.h ? part : best));
  }
  return smaller;
}

/**
 * Moves or resizes a tile to a wanted place. One that covers most of another of its size changes places with it, else
 * what is in the way goes down. On a full board a tile grows at the cost of its neighbours, and changes places with
 * the one that it covers most.
 */
export function put(places, id, wanted, grid) {
  const target = clamp(wanted, grid);
  const before = places[id];
  const met = inTheWay(places, id, target);
  const most = met.reduce((best, one) => (shared(places[one], target) > shared(places[best], target) ? one : best), met[0]);
  const moving = sameSize(before, target);
  if (moving && met.length === 1 && sameSize(places[most], target) && shared(places[most], target) * 2 > target.w * target.h) {
    return swap(places, id, most);
  }
  const pushed = push({ ...places, [id]: target }, id, grid);
  if (pushed || !most) return pushed;
  if (!moving) return cut({ ...places, [id]: target }, id);
  return shared(places[most], target) * 2 > Math.min(target.w * target.h, places[most].w * places[most].h) ? swap(places, id, most) : null;
}

/** One step of the keyboard: into free cells, past a neighbour, or what is in the way goes down. */
export function step(places, id, dx, dy, grid) {
  const from = places[id];
  const wanted = { ...from, x: from.x + dx, y: from.y + dy };
  const target = clamp(wanted, grid);
  if (target.x !== wanted.x || target.y !== wanted.y) return null;
  const met = inTheWay(places, id, target);
  if (met.length === 1 && sameSize(places[met[0]], from)) return swap(places, id, met[0]);
  return push({ ...places, [id]: target }, id, grid) ?? (met.length === 1 ? swap(places, id, met[0]) : null);
}

/** One step of the keyboard: wider, narrower, higher or lower by a cell. */
export function grow(places, id, dw, dh, grid) {
  const from = places[id];
  const wanted = { ...from, w: from.w + dw, h: from.h + dh };
  if (wanted.w < 1 || wanted.h < 1 || wanted.x + wanted.w > grid.columns || wanted.y + wanted.h > grid.rows) return null;
  const grown = { ...places, [id]: wanted };
  return push(grown, id, grid) ?? cut(grown, id);
}
