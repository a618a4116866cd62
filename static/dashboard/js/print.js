// A board on paper: as it is on the screen at that moment, light, on A4 across, with the time of printing.

import { stampText } from "./facts.js";
import { still } from "./still.js";
import { el } from "./tiles/parts.js";

// 277 x 190 mm inside of margins of 10 mm, in CSS px, less a line for the time.
const PAPER = { width: 1046, height: 690 };

export class Printer {
  #sheet = null;
  #printing = false;

  /** @param {() => void} redraw draws at once what waits to be drawn */
  constructor(model, context, theme, redraw) {
    Object.assign(this, { model, context, theme, redraw });
    addEventListener("beforeprint", () => this.#begin());
    addEventListener("afterprint", () => this.#end());
    // Tools that only pretend to print send no other event; those that print send this one, too, and out of turn.
    matchMedia("print").addEventListener("change", ({ matches }) => {
      if (this.#printing) return;
      if (matches) this.#prepare();
      else this.#clear();
    });
  }

  #begin() {
    this.#printing = true;
    this.#prepare();
  }

  #end() {
    this.#printing = false;
    this.#clear();
  }

  #prepare() {
    if (this.#sheet || !this.model.wallboard) return;
    const root = document.documentElement;
    root.dataset.printing = "";
    this.theme.force("light");
    this.redraw();
    this.#sheet = this.#make();
    document.body.append(this.#sheet);
    root.dataset.sheet = "";
  }

  #make() {
    const [head, board] = [document.querySelector(".board-head"), document.getElementById("board")];
    const width = board.offsetWidth;
    const height = head.offsetHeight + board.offsetHeight;
    const wall = board.dataset.mode !== "narrow";
    const page = el("div", "sheet-page", still(head), still(board));
    const zoom = wall ? Math.min(PAPER.width / width, PAPER.height / height) : 1;
    Object.assign(page.style, { width: `${width}px`, zoom: zoom.toFixed(4) });
    return el("div", "sheet", page, el("p", "sheet-foot", `${this.model.wallboard.title} · ${this.context.word("printed", { time: stampText(this.context.now(), this.context) })}`));
  }

  #clear() {
    if (!this.#sheet) return;
    const { dataset } = document.documentElement;
    delete dataset.sheet;
    this.#sheet.remove();
    this.#sheet = null;
    this.theme.force(null);
    delete dataset.printing;
  }
}
