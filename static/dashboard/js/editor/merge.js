// Two people changed one board: what each of them did is joined, and only what both changed differently is a question. Pure.

import { inTheWay } from "./geometry.js";
import { firstFree } from "./room.js";
import { same } from "./same.js";

const BOARD = ["title", "timezone", "columns"];
const byId = (board) => Object.fromEntries(board.tiles.map((tile) => [tile.id, tile]));

/** @returns {string[]} the keys in which two tiles differ; one that is not there differs in all. */
export function differences(one, other) {
  return Object.keys({ ...one, ...other }).filter((key) => key !== "id" && !same(one?.[key], other?.[key]));
}

/**
 * Joins `mine` and `theirs`, both made of `base`.
 * @param {Object<string, "mine"|"theirs">} choices by tile id, or key of the board; a conflict without one stays mine
 * @returns {{board, conflicts: {id, mine, theirs}[], theirs: {id, tile}[], moved: string[]}} a conflict's `id` is a tile's
 *   or, with `key: true`, a key of the board; `theirs` is what only they changed; `moved` had to go to free cells.
 */
export function merge(base, mine, theirs, choices = {}) {
  const conflicts = [];
  const taken = [];
  const pick = (id, was, own, other, key) => {
    if (same(own, other) || same(other, was)) return own;
    if (same(own, was)) {
      taken.push({ id, tile: other, key });
      return other;
    }
    conflicts.push({ id, mine: own, theirs: other, key });
    return choices[id] === "theirs" ? other : own;
  };
  const board = { ...theirs };
  for (const key of BOARD) board[key] = pick(key, base[key], mine[key], theirs[key], true);
  const [was, own, others] = [byId(base), byId(mine), byId(theirs)];
  const ids = [...new Set([...theirs.tiles, ...mine.tiles].map(({ id }) => id))];
  const tiles = ids.map((id) => pick(id, was[id], own[id], others[id], false)).filter(Boolean);
  const moved = [];
  board.tiles = settle(tiles, (tile) => same(tile, others[tile.id]), board.columns, moved);
  return { board, conflicts, theirs: taken, moved };
}

/** Theirs stand where they are; mine that would lie on others go to the first free cells. */
function settle(tiles, isTheirs, columns, moved) {
  const places = {};
  const grid = { columns, rows: 24 };
  const placed = {};
  for (const tile of [...tiles].sort((one, other) => isTheirs(other) - isTheirs(one))) {
    let { position } = tile;
    if (position.x + position.w > columns || inTheWay(places, tile.id, position).length > 0) {
      position = firstFree(places, [position.w, position.h], grid);
      moved.push(tile.id);
      // With no cell left it stays where it is: the server says so, and nothing is lost.
      position ??= tile.position;
    }
    places[tile.id] = position;
    placed[tile.id] = same(position, tile.position) ? tile : { ...tile, position };
  }
  return tiles.map(({ id }) => placed[id]).filter(Boolean);
}
