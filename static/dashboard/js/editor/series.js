// Which series a tile shows: a statistic of an object each, in order.

import { el } from "../tiles/parts.js";
import { button } from "./fields.js";
import { Picker } from "./picker.js";
import { same } from "./same.js";

export class SeriesChooser {
  /**
   * @param {object} options
   * @param {{statistic: string, object: string}[]} options.series
   * @param {number|null} options.most how many the kind takes
   * @param {(one: object) => string} options.name what a series is called
   * @param {boolean} [options.folded] whether the lists to pick from are away until somebody wants them
   */
  constructor({ series, most, server, word, name, onChange, folded = false }) {
    Object.assign(this, { series, most, word, name, onChange });
    const search = (of) => async (words) => {
      const { status, body } = await server.choices(of, words);
      return status === 200 ? body : { found: [], total: 0 };
    };
    this.statistics = new Picker({
      label: word("statistic"),
      search: search("statistics"),
      text: ({ title, unit }) => `${title} (${word(`unit_${unit}`)})`,
      word,
    });
    this.objects = new Picker({
      label: word("object"),
      search: search("objects"),
      text: ({ title, type }) => `${title} (${type})`,
      several: most !== 1,
      word,
    });
    this.list = el("ol", "editor-series");
    this.add = button("", () => this.#add());
    this.told = el("p", "helptext");
    this.told.setAttribute("role", "status");
    const picking = el("div", "editor-picking", this.statistics.element, this.objects.element, this.add, this.told);
    this.element = el("div", "editor-chooser", this.list, folded ? this.#fold(picking) : picking);
    this.#show();
  }

  #fold(picking) {
    const box = el("details", "", el("summary", "", this.word("change_series")), picking);
    box.addEventListener("toggle", () => box.open && this.load());
    box.open = this.series.length === 0;
    return box;
  }

  load() {
    return Promise.all([this.statistics.load(), this.objects.load()]);
  }

  /** The series as they are now, by the names that are known now. */
  refresh(series) {
    const shown = [...this.list.children].map((item) => item.firstChild.textContent);
    this.series = series;
    if (!same(shown, series.map(this.name))) this.#show();
  }

  /** What is picked in the two lists, as series. */
  get picked() {
    const [statistic] = this.statistics.picked;
    if (!statistic) return [];
    return this.objects.picked.map((object) => ({ statistic: statistic.name, object: object.name }));
  }

  #add() {
    const picked = this.picked;
    if (picked.length === 0) {
      this.told.textContent = this.word("pick_both");
      return;
    }
    const fresh = picked.filter((one) => !this.series.some((other) => same(one, other)));
    this.told.textContent = fresh.length === 0 ? this.word("already_there") : "";
    if (fresh.length > 0) this.#change(this.most === 1 ? fresh.slice(0, 1) : [...this.series, ...fresh]);
  }

  #change(series) {
    this.series = series;
    this.#show();
    this.onChange(series);
  }

  #move(index, by) {
    const series = [...this.series];
    const [one] = series.splice(index, 1);
    series.splice(index + by, 0, one);
    this.#change(series);
    this.list.children[index + by]?.querySelector(by < 0 ? ".up" : ".down")?.focus();
  }

  #show() {
    this.add.textContent = this.word(this.most === 1 && this.series.length > 0 ? "use_instead" : "add_series");
    this.list.replaceChildren(...this.series.map((one, index) => this.#item(one, index)));
    this.list.hidden = this.series.length === 0;
  }

  #item(one, index) {
    const text = this.name(one);
    const small = (sign, key, className, run) => {
      const made = button(sign, run, `editor-small ${className}`);
      made.setAttribute("aria-label", this.word(key, { series: text }));
      made.title = this.word(key, { series: text });
      return made;
    };
    const buttons = [small("✕", "remove_series", "remove", () => this.#change(this.series.filter((_, at) => at !== index)))];
    if (index < this.series.length - 1) buttons.unshift(small("↓", "series_down", "down", () => this.#move(index, 1)));
    if (index > 0) buttons.unshift(small("↑", "series_up", "up", () => this.#move(index, -1)));
    return el("li", "", el("span", "", text), ...buttons);
  }
}
