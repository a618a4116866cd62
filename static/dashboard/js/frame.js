// One tile's frame: label, the body that its kind fills, and the mark and word of its state.

import { kinds } from "./tiles/index.js";
import { describeFoot } from "./foot.js";

const REPAINT = 1_000;

const element = (name, className) => Object.assign(document.createElement(name), { className });

function words({ mark, text }) {
  const sign = Object.assign(element("span", "tile-foot-mark"), { textContent: mark, ariaHidden: "true" });
  return [sign, Object.assign(element("span", "tile-foot-text"), { textContent: text })];
}

export class Frame {
  #view = null;
  #foot = "";
  #painted = 0;
  #waiting = null;
  #timer = 0;
  #failed = false;

  constructor(tile, model, context) {
    Object.assign(this, { tile, model, context });
    this.article = element("article", "tile");
    this.body = element("div", "tile-body");
    this.footElement = element("footer", "tile-foot");
    Object.assign(this.article.dataset, { tile: tile.id, kind: tile.kind });
    this.article.append(this.#head(), ...this.#button(), this.body, this.footElement);
    this.ids = new Set(tile.series.map(String));
    this.refresh();
  }

  #head() {
    const head = element("header", "tile-head");
    const label = element("h2", "");
    label.id = `label-${this.tile.id}`;
    label.textContent = label.title = this.tile.title ?? "";
    this.article.setAttribute("aria-labelledby", label.id);
    head.append(label);
    return head;
  }

  /** For keyboards and screen readers; a click anywhere on the tile does the same. */
  #button() {
    if (this.tile.series.length === 0) return [];
    const button = element("button", "tile-about visually-hidden");
    button.type = "button";
    button.textContent = this.context.word("about_tile", { tile: this.tile.title ?? "" });
    return [button];
  }

  /** Fills the body; called once the frame is in the page and has a size. */
  start() {
    this.started = true;
    if (this.#failed) this.body.replaceChildren();
    this.#failed = false;
    this.#try(() => (this.#view = kinds[this.tile.kind](this.body, this.tile, this.context)));
  }

  /** What goes wrong in one tile must not keep the others, or the lamp, from going on. */
  #try(act) {
    try {
      act();
    } catch (error) {
      console.error(`Tile ${this.tile.id}:`, error);
      const view = this.#view;
      this.#view = null;
      this.#failed = true;
      this.#try(() => view?.destroy?.());
      this.body.className = "tile-body";
      this.body.textContent = this.context.word("tile_failed");
    }
  }

  /** Repaints at once when the last time is a second ago, or else when it will be; what came meanwhile is one repaint. */
  change(ids, why) {
    const mine = ids && new Set([...ids].filter((id) => this.ids.has(id)));
    if (mine && mine.size === 0) return;
    if (why !== "values" || mine === null) {
      this.#paint(mine, why);
      return;
    }
    this.#waiting = new Set([...(this.#waiting ?? []), ...mine]);
    if (this.#timer) return;
    const wait = this.#painted + REPAINT - performance.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #flush() {
    this.#timer = 0;
    const ids = this.#waiting;
    this.#waiting = null;
    if (!ids) return;
    this.#painted = performance.now();
    this.#paint(ids, "values");
  }

  #paint(ids, why) {
    this.refresh();
    // What all tiles are drawn anew for may be what this one can be drawn with.
    if (this.#failed && ids === null) this.start();
    else this.#try(() => this.#view?.update(ids, why));
  }

  /** State and level of the whole tile, touched only where they changed. */
  refresh() {
    this.#try(() => this.#refresh());
  }

  #refresh() {
    const { state, count } = this.model.tileState(this.tile);
    const level = this.model.tileLevel(this.tile);
    const data = this.article.dataset;
    if (data.state !== state) data.state = state;
    if (data.level !== level) data.level = level;
    const foot = describeFoot(this.tile, { state, count, level }, this.model, this.context);
    const key = JSON.stringify(foot);
    if (key === this.#foot) return;
    this.#foot = key;
    this.footElement.replaceChildren(...foot.flatMap(words));
    this.footElement.title = foot.map(({ text }) => text).join(" · ");
  }

  /** Draws the eye for five seconds, then rests. */
  pulse() {
    this.article.classList.remove("pulse");
    requestAnimationFrame(() => this.article.classList.add("pulse"));
    this.article.addEventListener("animationend", () => this.article.classList.remove("pulse"), { once: true });
  }

  tick(now) {
    if (this.article.dataset.state !== "live") this.refresh();
    this.#try(() => this.#view?.tick?.(now));
  }

  resize() {
    this.#try(() => this.#view?.resize?.());
  }

  destroy() {
    clearTimeout(this.#timer);
    this.#try(() => this.#view?.destroy?.());
    this.article.remove();
  }
}
