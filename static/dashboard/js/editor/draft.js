// The board that is being made, and what can be done to its tiles. No access to the page.

import { grow, inTheWay, put, step } from "./geometry.js";
import { closeGaps, firstFree, halve, refit, sizeOf } from "./room.js";
import { Work } from "./work.js";

const placesOf = (board) => Object.fromEntries(board.tiles.map(({ id, position }) => [id, position]));
const placed = (tiles, places) => tiles.map((tile) => ({ ...tile, position: places[tile.id] ?? tile.position }));

export class Draft extends Work {
  /** @param {number} rows the most that a board may have */
  constructor(stored, rows, keep) {
    super(stored, keep);
    this.rows = rows;
  }

  get places() {
    return placesOf(this.board);
  }

  get grid() {
    return { columns: this.board.columns, rows: this.rows };
  }

  tile(id) {
    return this.board.tiles.find((tile) => tile.id === id);
  }

  patchBoard(patch, key) {
    return this.change({ ...this.board, ...patch }, key && `board ${key}`);
  }

  patchTile(id, patch, key) {
    const tiles = this.board.tiles.map((tile) => (tile.id === id ? { ...tile, ...patch } : tile));
    return this.change({ ...this.board, tiles }, key && `${id} ${key}`);
  }

  /** Puts tiles where `places` says. @returns {boolean} false where there is no room (null) or nothing moves */
  setPlaces(places, key = null) {
    if (!places) return false;
    return this.change({ ...this.board, tiles: placed(this.board.tiles, places) }, key);
  }

  /** Where all tiles would be if this one were at `place`; null where there is no room. */
  wouldPut = (id, place) => put(this.places, id, place, this.grid);
  step = (id, dx, dy) => this.setPlaces(step(this.places, id, dx, dy, this.grid));
  grow = (id, dw, dh) => this.setPlaces(grow(this.places, id, dw, dh, this.grid));
  closeGaps = () => this.setPlaces(closeGaps(this.places));

  /** Another number of columns; false where the tiles have no room on them. */
  setColumns(columns) {
    const places = refit(this.places, { columns, rows: this.rows });
    if (!places) return false;
    return this.change({ ...this.board, columns, tiles: placed(this.board.tiles, places) });
  }

  /** @returns {string|null} the new tile's id, null where the board is full */
  add(kind, series) {
    return this.#insert({ kind, title: "", series, thresholds: null, decimals: null, hidden_from: [], options: {} }, sizeOf(kind, this.places, this.grid));
  }

  duplicate(id) {
    const { id: own, position, ...rest } = this.tile(id);
    return this.#insert(structuredClone(rest), [position.w, position.h], { ...position, x: position.x + position.w });
  }

  /** At the wished place where that is free, else in the first one that is; on a full board the largest gives half. */
  #insert(tile, size, wished = null) {
    const { places, grid } = this;
    const fits = wished && wished.x + wished.w <= grid.columns && inTheWay(places, null, wished).length === 0;
    const free = fits ? wished : firstFree(places, size, grid);
    const room = free ? { places, position: free } : halve(places, grid);
    if (!room) return null;
    const [id] = this.#newIds(1);
    const tiles = placed(this.board.tiles, room.places);
    this.change({ ...this.board, tiles: [...tiles, { id, ...tile, position: room.position }] });
    return id;
  }

  /** Ids that no tile has or had when the draft began: another tile is not to pass for a changed one. */
  #newIds(count) {
    const taken = new Set([...this.board.tiles, ...this.base.tiles].map(({ id }) => id));
    const numbers = Array.from({ length: taken.size + count }, (_, index) => `tile-${index + 1}`);
    return numbers.filter((id) => !taken.has(id)).slice(0, count);
  }

  remove(id) {
    return this.change({ ...this.board, tiles: this.board.tiles.filter((tile) => tile.id !== id) });
  }

  /** All tiles anew, as a layout gives them. */
  replaceTiles(tiles, columns) {
    const ids = this.#newIds(tiles.length);
    return this.change({ ...this.board, columns, tiles: tiles.map((tile, index) => ({ ...tile, id: ids[index] })) });
  }
}
