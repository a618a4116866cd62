// The grid of tiles: made from a snapshot, kept where nothing changed, laid out anew when the window changes.

import { Frame } from "./frame.js";
import { arrange } from "./layout.js";

/** How long tiles are filled in one task, ms: what comes after a new snapshot must not wait for all of them. */
const SLICE = 12;

/** What to do where there is nothing to show yet; the way there is for those who may go it. */
function nothingYet({ word, edit }) {
  const said = word(edit === undefined ? "nothing_here" : "no_tiles");
  const text = Object.assign(document.createElement("p"), { className: "board-empty", textContent: said });
  if (edit) text.append(" ", Object.assign(document.createElement("a"), { href: edit, textContent: word("edit_tiles") }));
  else if (edit === "") text.append(" ", word("ask_editor"));
  return text;
}

export class Board {
  #frames = new Map();
  #unfilled = [];
  #breath = new MessageChannel();
  #tiles = [];
  #columns = 12;
  #observer = new ResizeObserver((entries) => this.#resized(entries));
  #sizes = new WeakMap();

  constructor(element, model, context, announce) {
    Object.assign(this, { element, model, context, announce });
    /** Kept once every tile of the first snapshot is filled and the browser had time to paint them. */
    this.filled = new Promise((resolve) => (this.whenFilled = resolve));
    this.#breath.port1.onmessage = () => this.#fill();
    window.addEventListener("resize", () => this.#place());
  }

  /** Draws what the model's snapshot says; a tile whose definition is the same is kept and only patched. */
  show() {
    const { tiles, columns, timezone } = this.model.wallboard;
    const kept = new Set();
    for (const tile of tiles) {
      const definition = JSON.stringify([tile, timezone, tile.series.map((id) => this.model.series[id])]);
      const known = this.#frames.get(tile.id);
      kept.add(tile.id);
      if (known?.definition === definition) continue;
      known?.frame.destroy();
      const frame = new Frame(tile, this.model, this.context);
      this.#frames.set(tile.id, { frame, definition });
    }
    for (const id of [...this.#frames.keys()]) if (!kept.has(id)) this.#remove(id);
    this.#tiles = tiles;
    this.#columns = columns;
    this.#place();
    this.#unfilled = tiles.map(({ id }) => this.#frames.get(id).frame);
    // The words that there are no tiles must not stay beside the first ones.
    if (tiles.length > 0) for (const node of [...this.element.childNodes]) if (node.nodeType === Node.TEXT_NODE) node.remove();
    this.element.toggleAttribute("data-empty", tiles.length === 0);
    document.body.toggleAttribute("data-single", tiles.length === 1);
    this.element.querySelector(":scope > .board-empty")?.remove();
    if (tiles.length === 0) this.element.append(nothingYet(this.context));
    this.#fill();
  }

  /** Fills tiles for a while, then lets the browser paint and take what came, and goes on. */
  #fill() {
    const until = performance.now() + SLICE;
    while (this.#unfilled.length > 0 && performance.now() < until) this.#start(this.#unfilled.shift());
    if (this.#unfilled.length > 0) {
      this.#breath.port2.postMessage(null);
      return;
    }
    this.element.removeAttribute("aria-busy");
    this.context.schedule(this.whenFilled);
  }

  #start(frame) {
    if (frame.started) {
      frame.change(null, "history");
      return;
    }
    frame.start();
    this.#sizes.set(frame.body, frame);
    this.#observer.observe(frame.body);
  }

  #remove(id) {
    this.#frames.get(id).frame.destroy();
    this.#frames.delete(id);
  }

  #place() {
    const { innerWidth, innerHeight } = window;
    const plan = arrange(this.#tiles, this.#columns, innerWidth, innerHeight);
    this.element.dataset.mode = plan.mode;
    this.element.style.setProperty("--columns", plan.columns);
    this.element.style.setProperty("--rows", plan.rows);
    // The document's order is the reading order, for screen readers and keyboards; moving a tile in place costs nothing.
    plan.order.forEach((tile, index) => {
      const { article } = this.#frames.get(tile.id).frame;
      const { x, y, w, h } = plan.cells[tile.id];
      article.style.gridArea = `${y + 1} / ${x + 1} / span ${h} / span ${w}`;
      if (this.element.children[index] !== article) this.element.insertBefore(article, this.element.children[index]);
    });
  }

  #resized(entries) {
    for (const { target, contentRect } of entries) {
      const frame = this.#sizes.get(target);
      const size = `${Math.round(contentRect.width)}x${Math.round(contentRect.height)}`;
      // The first report is the size the tile was made with.
      if (frame.size !== undefined && frame.size !== size) frame.resize();
      frame.size = size;
    }
  }

  /** @param {Set<string>|null} ids of series, null for all */
  change(ids, why) {
    for (const { frame } of this.#frames.values()) frame.change(ids, why);
  }

  relevel(changes) {
    for (const [id, { frame }] of this.#frames) {
      const mine = changes.filter(({ tile }) => tile === id);
      if (mine.length === 0) continue;
      const before = frame.article.dataset.level;
      frame.change(new Set(mine.map((change) => change.id)), "levels");
      const level = frame.article.dataset.level;
      if (before === level) continue;
      if (level === "critical") frame.pulse();
      this.announce(this.context.word("changed_level", { tile: frame.tile.title, level: this.context.word(level) }));
    }
  }

  tick(now) {
    for (const { frame } of this.#frames.values()) frame.tick(now);
  }
}
