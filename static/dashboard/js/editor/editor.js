// Joins the draft, the grid and the panel: each action is a step of the draft, and then everything is shown anew.

const PREVIEW_AFTER = 250;
const MEASURE_AFTER = 700;

export class Editor {
  #preview = 0;
  #measure = 0;
  #asked = 0;

  constructor(parts) {
    // draft, canvas, panel, model, names, server, word, announce(text), say(text), onChange(), release()
    Object.assign(this, parts, { selected: null, errors: [] });
  }

  /** Shows the draft. `ask`: whether the server is to describe it anew; moving tiles changes no description. */
  show({ ask = true, anew = false } = {}) {
    const { draft } = this;
    // What a drag under way reckoned with is gone.
    if (anew) this.release();
    if (this.selected && !draft.tile(this.selected)) this.selected = null;
    const first = {};
    for (const { tile, message } of this.errors) if (tile) first[tile] ??= message;
    this.canvas.show(draft.board, this.names.entries, first, this.selected);
    const tile = this.selected ? draft.tile(this.selected) : null;
    this.panel.show(draft.board, tile, { anew });
    this.panel.showErrors(this.errors, tile, this.names.title);
    this.onChange();
    if (ask) this.#askLater();
    this.measureLater();
  }

  #askLater() {
    clearTimeout(this.#preview);
    this.#preview = setTimeout(() => this.ask(), PREVIEW_AFTER);
  }

  /** Lets the server describe the draft and say what is wrong with it. */
  async ask() {
    this.#asked += 1;
    const mine = this.#asked;
    const { status, body } = await this.server.preview(this.draft.board);
    if (mine !== this.#asked || status !== 200) return;
    this.model.draw(body);
    this.names.entries = Object.fromEntries(body.wallboard.tiles.map((entry) => [entry.id, entry]));
    this.errors = body.errors;
    this.show({ ask: false });
  }

  measureLater() {
    clearTimeout(this.#measure);
    this.#measure = setTimeout(() => {
      this.panel.showLegibility(this.selected && this.draft.tile(this.selected), this.names.title);
    }, MEASURE_AFTER);
  }

  select(id) {
    if (id === this.selected) return;
    this.selected = id;
    this.show({ ask: false });
  }

  /** Moves a tile by `change`; what that did is told, or that there is no room for it. */
  move(id, change) {
    const before = this.draft.places;
    if (!change()) {
      this.announce(this.word("no_room"));
      return;
    }
    const after = this.draft.places;
    const others = Object.keys(before).filter((one) => one !== id && after[one] && JSON.stringify(after[one]) !== JSON.stringify(before[one]));
    const text = this.names.cell(after[id], this.draft.tile(id));
    this.announce(others.length ? this.word("others_moved", { text, count: others.length }) : text);
    this.show();
  }

  step = (id, dx, dy) => this.move(id, () => this.draft.step(id, dx, dy));
  grow = (id, dw, dh) => this.move(id, () => this.draft.grow(id, dw, dh));
  put = (id, place) => {
    this.move(id, () => this.draft.setPlaces(this.draft.wouldPut(id, place)));
    this.show({ ask: false });
  };

  patchTile(id, patch, key) {
    if (this.draft.patchTile(id, patch, key)) this.show();
  }

  patchBoard(patch, key) {
    if (this.draft.patchBoard(patch, key)) this.show();
  }

  columns(columns) {
    const done = Number.isInteger(columns) && columns > 0 && columns <= 24 && this.draft.setColumns(columns);
    if (!done) this.announce(this.word("no_columns"));
    this.show({ anew: !done });
  }

  #inserted(id, key) {
    if (!id) {
      this.announce(this.word("no_room"));
      return;
    }
    this.selected = id;
    this.show();
    this.canvas.cell(id).focus();
    this.announce(this.word(key, { tile: this.names.cell(this.draft.tile(id).position, this.draft.tile(id)) }));
  }

  add = (kind, series) => this.#inserted(this.draft.add(kind, series), "tile_added");
  duplicate = (id) => this.#inserted(this.draft.duplicate(id), "tile_added");

  remove = (id) => {
    const title = this.names.title(id);
    const ids = this.draft.board.tiles.map((tile) => tile.id);
    const next = ids[ids.indexOf(id) + 1] ?? ids[ids.indexOf(id) - 1];
    this.draft.remove(id);
    this.selected = null;
    this.show();
    if (next) this.canvas.cell(next).focus();
    this.announce(this.word("tile_removed", { tile: title }));
  };

  closeGaps = () => {
    this.announce(this.word(this.draft.closeGaps() ? "gaps_closed" : "no_gaps"));
    this.show();
  };

  /** @returns {Promise<string|null>} what is wrong */
  /** @returns {Promise<{problem?: string, offers?: object}>} what to say, or what could be chosen where nothing fits */
  async layout(name, objects, chosen) {
    const { status, body } = await this.server.layout(name, objects, chosen);
    if (status !== 200) return { problem: body.message ?? this.word("server_away") };
    if (body.missing.some((role) => body.offers[role].length > 0)) return { offers: body.offers };
    if (body.tiles.length === 0) return { problem: this.word("layout_nothing") };
    this.draft.replaceTiles(body.tiles, 12);
    this.show({ anew: true });
    const missing = body.missing.map((role) => this.word(`role_${role}`)).join(", ");
    this.announce(this.word("layout_used"));
    if (missing) this.say(this.word("layout_missing", { missing }));
    return {};
  }

  undo = () => this.#back(this.draft.undo(), "undone");
  redo = () => this.#back(this.draft.redo(), "redone");

  #back(done, key) {
    if (!done) return;
    this.announce(this.word(key));
    this.show({ anew: true });
  }
}
