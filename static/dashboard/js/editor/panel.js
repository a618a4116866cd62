// What stands beside the grid: the form of the selected tile or of the board, errors at their fields, what is too small.

import { el } from "../tiles/parts.js";
import { BoardForm } from "./boardform.js";
import { button } from "./fields.js";
import { tooSmall } from "./legibility.js";
import { measure } from "./measure.js";
import { TileForm } from "./tileform.js";

const SCREEN = "wallboard-editor:screen";

function storedScreen() {
  try {
    const { diagonal, distance } = JSON.parse(localStorage.getItem(SCREEN));
    if (diagonal > 0 && distance > 0) return { diagonal, distance };
  } catch {
    // never chosen, or storage is forbidden
  }
  return { diagonal: 55, distance: 5 };
}

export class Panel {
  #shown = "";

  /** @param {object} on what the forms call: see TileForm and BoardForm */
  constructor({ element, canvas, page, word, server, names, on }) {
    Object.assign(this, { element, canvas, page, word, server, names, on, form: null });
    this.screen = storedScreen();
    this.left = el("p", "problem");
    this.small = el("p", "warn");
  }

  /** Shows the form of `tile`, or that of the board; a form that is there already keeps what is being typed. */
  show(board, tile, { anew = false } = {}) {
    const key = tile ? `${tile.id} ${tile.kind}` : "board";
    if (anew || key !== this.#shown) this.#build(board, tile);
    else if (tile) this.form.update(tile);
    this.#shown = key;
  }

  #build(board, tile) {
    const { page, word, server, names, on } = this;
    this.form = tile
      ? new TileForm({ tile, page, word, server, name: { series: names.series, title: names.given(tile) }, on: on.tile(tile.id) })
      : new BoardForm({ board, screen: this.screen, page, word, server, on: { ...on.board, screen: () => this.#screenChanged() } });
    const back = tile ? [button(word("back_to_board"), () => on.board.select(null), "editor-link")] : [];
    this.element.replaceChildren(...back, this.form.element);
    this.form.element.append(this.left, this.small);
    this.left.hidden = this.small.hidden = true;
  }

  /** @param {{tile: string|null, field: string, message: string}[]} errors */
  showErrors(errors, tile, titleOf) {
    const own = errors.filter((error) => error.tile === (tile?.id ?? null));
    const left = this.form.showErrors(own);
    this.left.hidden = left.length === 0;
    this.left.textContent = left.map(({ field, message }) => `${field}: ${message}`).join(" ");
    const wrong = [...new Set(errors.map((error) => error.tile).filter(Boolean))];
    this.form.showWrong?.(wrong.map((id) => ({ id, text: this.word("tile_wrong", { tile: titleOf(id) }) })));
  }

  #screenChanged() {
    try {
      localStorage.setItem(SCREEN, JSON.stringify(this.screen));
    } catch {
      // it holds for this page then
    }
    this.on.measured();
  }

  /** Looks at the texts as they came out; tiles with too small ones are marked, and named with what helps. */
  showLegibility(tile, titleOf) {
    const found = [];
    for (const [id, article] of this.canvas.bodies()) {
      const worst = tooSmall(measure(article), this.screen);
      this.canvas.cell(id).classList.toggle("small", worst !== null);
      if (worst) found.push({ id, ...worst });
    }
    found.sort((one, other) => one.distance - other.distance);
    const texts = found.map((one) => ({ id: one.id, text: this.#legibility(one, titleOf(one.id)) }));
    this.form.showLegibility?.(texts.map(({ text }) => text));
    const own = tile && texts.find(({ id }) => id === tile.id);
    this.small.hidden = !own;
    this.small.textContent = own?.text ?? "";
  }

  #legibility({ what, minutes, least, distance }, tile) {
    const one = (value) => value.toFixed(1);
    const { diagonal } = this.screen;
    return this.word(`small_${what}`, { tile, minutes: Math.round(minutes), least, distance: one(distance), diagonal });
  }
}
