// The options of the selected tile.

import { el } from "../tiles/parts.js";
import { button, checkbox, field, group, numberInput, select, showErrors, textInput } from "./fields.js";
import { optionFields } from "./options.js";
import { SeriesChooser } from "./series.js";

const LIMITS = ["warning", "critical", "clear", "hold"];
const VIEWS = ["floor", "lobby"];

/** A tile's options as they would be of another kind: what both know stays. */
export function optionsFor(options, schema) {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in (schema.properties ?? {})));
}

export class TileForm {
  /** @param {object} on `change(patch, key)`, `put({x, y, w, h})`, `duplicate()`, `remove()` */
  constructor({ tile, page, word, server, name, on }) {
    Object.assign(this, { tile, page, word, on });
    const kind = page.kinds[tile.kind];
    const kinds = Object.keys(page.kinds).map((one) => [one, word(`kind_${one}`)]);
    this.kind = field("kind", word("kind"), select(tile.kind, kinds, (next) => this.#become(next)));
    const title = textInput(tile.title, (text) => on.change({ title: text }, "title"));
    title.placeholder = name.title;
    this.series = new SeriesChooser({
      series: tile.series,
      most: kind.most,
      server,
      word,
      name: name.series,
      onChange: (series) => on.change({ series }),
      folded: true,
    });
    const series = el("fieldset", "editor-group", el("legend", "", word("shows")), this.series.element);
    series.append(Object.assign(el("p", "problem"), { hidden: true }));
    series.dataset.field = "series";
    this.element = el("form", "editor-form");
    this.element.noValidate = true;
    this.element.addEventListener("submit", (event) => event.preventDefault());
    this.element.append(
      el("h2", "", word("tile_heading", { kind: word(`kind_${tile.kind}`) })),
      field("title", word("title"), title, { help: word("help_title") }),
      this.kind,
      ...(kind.most === 0 ? [] : [series]),
      ...optionFields(kind.options, tile.options, word, (option, value) => this.#option(option, value)),
      ...(kind.most === 0 ? [] : [this.#thresholds(), this.#decimals()]),
      this.#hidden(),
      this.#place(),
      el("div", "editor-row", button(word("duplicate_tile"), on.duplicate), button(word("remove_tile"), on.remove)),
    );
  }

  #become(kind) {
    this.on.change({ kind, options: optionsFor(this.tile.options, this.page.kinds[kind].options) });
  }

  #option(name, value) {
    const options = { ...this.tile.options, [name]: value };
    if (value === null) delete options[name];
    this.on.change({ options }, `option ${name}`);
  }

  #thresholds() {
    const limits = this.tile.thresholds ?? {};
    const set = (name) => (value) => {
      const next = { direction: "above", ...this.tile.thresholds, [name]: value };
      for (const key of LIMITS) if (next[key] === null) delete next[key];
      const given = LIMITS.some((key) => key in next);
      this.on.change({ thresholds: given ? next : null }, `limit ${name}`);
    };
    const directions = ["above", "below"].map((one) => [one, this.word(`direction_${one}`)]);
    const inputs = LIMITS.map((name) => field("", this.word(`limit_${name}`), numberInput(limits[name] ?? "", set(name))));
    const direction = field("", this.word("direction"), select(limits.direction ?? "above", directions, set("direction")));
    const box = group("thresholds", this.word("thresholds"), ...inputs);
    box.insertBefore(direction, box.children[1]);
    box.insertBefore(el("p", "helptext", this.word("help_thresholds")), box.lastChild);
    return box;
  }

  #decimals() {
    const input = numberInput(this.tile.decimals ?? "", (value) => this.on.change({ decimals: value }, "decimals"));
    return field("decimals", this.word("decimals"), input, { help: this.word("help_decimals") });
  }

  /** Where portals show the board to people who are not to see everything. */
  #hidden() {
    const set = (view) => (on) => {
      const others = (this.tile.hidden_from ?? []).filter((one) => one !== view);
      this.on.change({ hidden_from: VIEWS.filter((one) => others.includes(one) || (on && one === view)) });
    };
    const boxes = VIEWS.map((view) => {
      const box = checkbox(this.tile.hidden_from?.includes(view), set(view));
      return field("", this.word(`view_${view}`), box, { inline: true });
    });
    const hidden = group("hidden_from", this.word("hidden_from"), ...boxes);
    hidden.insertBefore(el("p", "helptext", this.word("help_hidden_from")), hidden.lastChild);
    return hidden;
  }

  #place() {
    const { x, y, w, h } = this.tile.position;
    const input = (key, value, from) => {
      const one = textInput(value, () => {}, { mode: "numeric" });
      one.addEventListener("change", () => {
        const wanted = Number(one.value) - from;
        this.on.put({ ...this.tile.position, [key]: Number.isInteger(wanted) ? wanted : this.tile.position[key] });
      });
      return field("", this.word(`place_${key}`), one);
    };
    this.places = group("position", this.word("place"), input("x", x + 1, 1), input("y", y + 1, 1), input("w", w, 0), input("h", h, 0));
    return this.places;
  }

  /** The same tile after it was moved or changed here: what is being typed stays as it is. */
  update(tile) {
    this.tile = tile;
    this.series.refresh(tile.series);
    const { x, y, w, h } = tile.position;
    const inputs = this.places.querySelectorAll("input");
    [x + 1, y + 1, w, h].forEach((value, index) => {
      if (inputs[index] !== document.activeElement) inputs[index].value = value;
    });
  }

  showErrors(errors) {
    return showErrors(this.element, errors);
  }
}
