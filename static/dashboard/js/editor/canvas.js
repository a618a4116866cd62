// The grid with its tiles, drawn as the wall will draw them: laid out at the size of a wall, shown smaller.

import { Frame } from "../frame.js";
import { el } from "../tiles/parts.js";
import { rowsOf } from "./geometry.js";

/** The board's share of the screen's short side; the rest is the header. */
const HEIGHT = 0.93;
const WIDTH = 16 / 9;

/** Stands for a tile until the server has described it. */
function waiting() {
  const body = el("div", "tile-body", "…");
  const article = el("article", "tile", body);
  return { article, body, start() {}, resize() {}, change() {}, tick() {}, destroy: () => article.remove() };
}

export class Canvas {
  #cells = new Map();
  #observer = new ResizeObserver((entries) => entries.forEach(({ target }) => this.#frameOf.get(target)?.resize()));
  #frameOf = new WeakMap();
  #frozen = null;

  /** @param {(place: object, tile: object) => string} describe what a cell is called */
  constructor(board, holder, model, context, describe) {
    Object.assign(this, { board, holder, model, context, describe, columns: 12, rows: 1 });
    new ResizeObserver(() => this.fit()).observe(holder);
    addEventListener("resize", () => this.fit());
  }

  /** Draws a document; `entries` are what the server made of its tiles, by id, `problems` the first error of each. */
  show(doc, entries, problems, selected) {
    this.columns = doc.columns;
    const kept = new Set(doc.tiles.map(({ id }) => id));
    for (const [id, { cell, frame }] of this.#cells) {
      if (kept.has(id)) continue;
      frame.destroy();
      cell.remove();
      this.#cells.delete(id);
    }
    for (const tile of doc.tiles) this.#draw(tile, entries[tile.id], problems[tile.id], doc.timezone);
    this.place(Object.fromEntries(doc.tiles.map(({ id, position }) => [id, position])));
    for (const tile of doc.tiles) {
      const { cell } = this.#cells.get(tile.id);
      cell.classList.toggle("selected", tile.id === selected);
      cell.classList.toggle("wrong", Boolean(problems[tile.id]));
      cell.setAttribute("aria-label", this.describe(tile.position, tile, problems[tile.id]));
      cell.setAttribute("aria-current", String(tile.id === selected));
    }
    this.board.removeAttribute("aria-busy");
  }

  #draw(tile, entry, problem, timezone) {
    const shown = this.#entry(tile, entry, problem);
    const { position, ...rest } = shown;
    const definition = JSON.stringify([rest, timezone, shown.series.map((id) => this.model.series[id])]);
    const known = this.#cells.get(tile.id);
    if (known?.definition === definition) return;
    known?.frame.destroy();
    const cell = known?.cell ?? this.#cell(tile.id);
    const frame = shown.asked ? waiting() : new Frame(shown, this.model, this.context);
    frame.article.inert = true;
    cell.prepend(frame.article);
    this.#cells.set(tile.id, { cell, frame, definition, entry });
    requestAnimationFrame(() => {
      if (this.#cells.get(tile.id)?.frame !== frame) return;
      frame.start();
      this.#frameOf.set(frame.body, frame);
      this.#observer.observe(frame.body);
    });
  }

  /** What to draw: the server's description, its last one while the tile has an error, or only what is wrong. */
  #entry(tile, entry, problem) {
    const found = entry ?? this.#cells.get(tile.id)?.entry;
    if (found?.kind === tile.kind && !(problem && !entry && found.problems)) return { ...found, title: tile.title || found.title };
    const problems = problem ? [problem] : [];
    const nothing = { series: [], options: {}, figure: null, thresholds: null };
    return { ...nothing, id: tile.id, kind: tile.kind, title: tile.title, problems, asked: !problem };
  }

  #cell(id) {
    const cell = el("div", "editor-cell", el("span", "editor-handle"));
    cell.dataset.cell = id;
    cell.tabIndex = 0;
    cell.setAttribute("role", "group");
    cell.setAttribute("aria-describedby", "keys");
    cell.lastChild.setAttribute("aria-hidden", "true");
    this.board.append(cell);
    return cell;
  }

  /** Puts the cells where `places` says, at once; the tiles keep what they draw. */
  place(places) {
    // An empty board shows some cells to put tiles on.
    this.rows = Object.keys(places).length === 0 ? 8 : Math.max(rowsOf(places), this.#frozen ?? 0);
    this.board.style.setProperty("--columns", this.columns);
    this.board.style.setProperty("--rows", this.rows);
    for (const [id, { x, y, w, h }] of Object.entries(places)) {
      const cell = this.#cells.get(id)?.cell;
      if (cell) cell.style.gridArea = `${y + 1} / ${x + 1} / span ${h} / span ${w}`;
    }
    this.fit();
  }

  /** While a tile is dragged a row keeps its height, so that the grid does not run away under the pointer. */
  freeze(on) {
    this.#frozen = on ? this.rows : null;
    this.fit();
  }

  fit() {
    const side = Math.min(innerWidth, innerHeight);
    const [width, height] = [side * WIDTH, side * HEIGHT];
    this.scale = Math.min(1, this.holder.clientWidth / width, Math.max(200, this.holder.clientHeight) / height);
    const grown = this.#frozen ? Math.max(1, this.rows / this.#frozen) : 1;
    Object.assign(this.board.style, {
      width: `${width}px`,
      height: `${height * grown}px`,
      transform: `scale(${this.scale})`,
    });
    this.board.style.setProperty("--scale-back", String(1 / this.scale));
  }

  /** How far apart cells are on this screen, in px. */
  get pitch() {
    const { width, height } = this.board.getBoundingClientRect();
    return { x: width / this.columns, y: height / this.rows };
  }

  cell(id) {
    return this.#cells.get(id)?.cell;
  }

  /** @returns {Iterable<[string, HTMLElement]>} */
  *bodies() {
    for (const [id, { frame }] of this.#cells) yield [id, frame.article];
  }

  change(ids, why) {
    for (const { frame } of this.#cells.values()) frame.change(ids, why);
  }

  tick(now) {
    for (const { frame } of this.#cells.values()) frame.tick(now);
  }
}
