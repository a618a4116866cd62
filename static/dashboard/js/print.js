// A board on paper: as it is on the screen at that moment, light, on A4 across, with the time of printing.

import { still } from "./still.js";
import { el } from "./tiles/parts.js";

// 277 x 190 mm inside of margins of 10 mm, in CSS px, less a line for the time.
const PAPER = { width: 1046, height: 690 };

export class Printer {
  #sheet = null;

  /** @param {() => void} redraw draws at once what waits to be drawn */
  constructor(model, context, theme, redraw) {
    Object.assign(this, { model, context, theme, redraw });
    addEventListener("beforeprint", () => this.#prepare());
    addEventListener("afterprint", () => this.#clear());
    matchMedia("print").addEventListener("change", ({ matches }) => (matches ? this.#prepare() : this.#clear()));
  }

  #prepare() {
    if (this.#sheet || !this.model.wallboard) return;
    document.documentElement.dataset.printing = "";
    this.theme.force("light");
    this.redraw();
    this.#sheet = this.#make();
    document.body.append(this.#sheet);
  }

  #make() {
    const { word, locale, timezone } = this.context;
    const time = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "long", timeZone: timezone }).format(this.context.now());
    const [head, board] = [document.querySelector(".board-head"), document.getElementById("board")];
    const width = board.offsetWidth;
    const height = head.offsetHeight + board.offsetHeight;
    const wall = board.dataset.mode !== "narrow";
    const page = el("div", "sheet-page", still(head), still(board));
    const zoom = wall ? Math.min(PAPER.width / width, PAPER.height / height) : 1;
    Object.assign(page.style, { width: `${width}px`, zoom: zoom.toFixed(4) });
    return el("div", "sheet", page, el("p", "sheet-foot", `${this.model.wallboard.title} · ${word("printed", { time })}`));
  }

  #clear() {
    if (!this.#sheet) return;
    this.#sheet.remove();
    this.#sheet = null;
    this.theme.force(null);
    delete document.documentElement.dataset.printing;
  }
}
