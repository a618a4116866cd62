// What holds for the whole board: its name, zone and grid, for which screen it is made, a layout to begin with, a copy.

import { el } from "../tiles/parts.js";
import { button, field, numberInput, select, showErrors, textInput } from "./fields.js";
import { layoutForm } from "./layoutform.js";

const DIAGONALS = [24, 32, 43, 50, 55, 65, 75, 86, 98];

export class BoardForm {
  /** @param {object} on `change(patch, key)`, `columns(number)`, `screen(screen)`, `layout(name, objects, chosen)`, `copy(title)`, `closeGaps()`, `select(id)` */
  constructor({ board, screen, page, word, server, on }) {
    Object.assign(this, { word, on });
    this.element = el("form", "editor-form");
    this.element.noValidate = true;
    this.element.addEventListener("submit", (event) => event.preventDefault());
    const columns = textInput(board.columns, () => {}, { mode: "numeric" });
    columns.addEventListener("change", () => on.columns(Number(columns.value)));
    this.element.append(
      el("h2", "", word("board_heading")),
      field("title", word("board_title"), textInput(board.title, (title) => on.change({ title }, "title"))),
      field("timezone", word("timezone"), textInput(board.timezone, (timezone) => on.change({ timezone }, "timezone")), {
        help: word("help_timezone"),
      }),
      field("columns", word("columns"), columns, { help: word("help_columns", { most: page.grid.columns }) }),
      button(word("close_gaps"), on.closeGaps),
      this.#screen(screen),
      layoutForm({ names: page.layouts, server, word, use: on.layout, unfolded: board.tiles.length === 0 }),
      this.#copy(board),
    );
    this.tiles = el("ul", "editor-wrong");
    this.element.firstChild.after(this.tiles);
  }

  #screen(screen) {
    const set = (patch) => {
      Object.assign(screen, patch);
      this.on.screen(screen);
    };
    const diagonals = DIAGONALS.map((inches) => [String(inches), `${inches}″`]);
    const size = select(String(screen.diagonal), diagonals, (value) => set({ diagonal: Number(value) }));
    const distance = numberInput(screen.distance, (value) => value > 0 && set({ distance: value }));
    this.verdict = el("div", "editor-verdict");
    this.verdict.setAttribute("role", "status");
    const row = el("div", "editor-row", field("", this.word("diagonal"), size), field("", this.word("distance"), distance));
    return el("fieldset", "editor-group", el("legend", "", this.word("legibility")), row, this.verdict);
  }

  /** @param {string[]} warnings in words, worst first */
  showLegibility(warnings) {
    const lines = warnings.length ? warnings.map((text) => el("p", "warn", text)) : [el("p", "helptext", this.word("legible"))];
    const key = lines.map(({ textContent }) => textContent).join("\n");
    if (this.verdict.dataset.key === key) return;
    this.verdict.dataset.key = key;
    this.verdict.replaceChildren(...lines);
  }

  #copy(board) {
    const title = textInput(this.word("copy_of", { title: board.title }), () => {});
    const told = el("p", "problem");
    told.hidden = true;
    told.setAttribute("role", "alert");
    const make = button(this.word("make_copy"), async () => {
      const problem = await this.on.copy(title.value);
      told.textContent = problem ?? "";
      told.hidden = !problem;
    });
    const inside = el("div", "editor-form", field("", this.word("copy_title"), title), make, told);
    return el("details", "editor-group", el("summary", "", this.word("copy_board")), inside);
  }

  /** @param {{id: string, text: string}[]} tiles that have errors */
  showWrong(tiles) {
    this.tiles.hidden = tiles.length === 0;
    this.tiles.replaceChildren(...tiles.map(({ id, text }) => el("li", "", button(text, () => this.on.select(id), "editor-link"))));
  }

  showErrors(errors) {
    return showErrors(this.element, errors);
  }
}
