// The board that is being made: what it began with, what it is, and each step between the two. No access to the page.

import { grow, inTheWay, put, step } from "./geometry.js";
import { closeGaps, firstFree, halve, refit, sizeOf } from "./room.js";
import { same } from "./same.js";
import { Undo } from "./undo.js";

const placesOf = (board) => Object.fromEntries(board.tiles.map(({ id, position }) => [id, position]));

export class Draft {
  /** @param {number} rows the most that a board may have */
  constructor({ wallboard, revision }, rows, keep) {
    Object.assign(this, { base: wallboard, revision, rows, keep });
    this.steps = new Undo(wallboard);
  }

  get board() {
    return this.steps.present;
  }

  get dirty() {
    return !same(this.board, this.base);
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

  /** Notes a step; `key` joins it with the one before. @returns {boolean} whether anything is another now */
  change(board, key = null) {
    const changed = this.steps.change(board, key);
    if (changed) this.#remember();
    return changed;
  }

  #remember() {
    if (!this.dirty) this.keep.clear();
    else this.kept = this.keep.write({ base: this.base, revision: this.revision, draft: this.board });
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
    const tiles = this.board.tiles.map((tile) => ({ ...tile, position: places[tile.id] }));
    return this.change({ ...this.board, tiles }, key);
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
    const tiles = this.board.tiles.map((tile) => ({ ...tile, position: places[tile.id] }));
    return this.change({ ...this.board, columns, tiles });
  }

  /** @returns {string|null} the new tile's id, null where the board is full */
  add(kind, series) {
    return this.#insert({ kind, title: "", series, thresholds: null, decimals: null, options: {} }, sizeOf(kind, this.places, this.grid));
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
    const tiles = this.board.tiles.map((one) => ({ ...one, position: room.places[one.id] }));
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

  undo = () => this.#after(this.steps.undo());
  redo = () => this.#after(this.steps.redo());

  #after(done) {
    if (done) this.#remember();
    return done;
  }

  /** The server has `sent` now, and calls it `current`; steps taken since then stay. */
  saved({ wallboard, revision }, sent) {
    Object.assign(this, { base: wallboard, revision });
    if (this.board === sent) this.steps.present = wallboard;
    this.#remember();
  }

  /** Goes on from what the server has; `board` is what both made of it, or theirs alone. */
  rebase({ wallboard, revision }, board = null) {
    Object.assign(this, { base: wallboard, revision });
    if (board) this.steps.change(board);
    else this.steps.reset(wallboard);
    this.#remember();
  }

  /** Takes up work that was kept. */
  restore({ base, revision, draft }) {
    Object.assign(this, { base, revision });
    this.steps.reset(base);
    this.steps.change(draft);
  }
}
