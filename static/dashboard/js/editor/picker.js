// A list to pick from that is searched on the server: it may have thousands of entries.

import { el } from "../tiles/parts.js";
import { field } from "./fields.js";

const PAUSE = 200;

export class Picker {
  #timer = 0;
  #asked = 0;

  /**
   * @param {object} options
   * @param {(words: string) => Promise<{found: object[], total: number}>} options.search
   * @param {(one: object) => string} options.text of an entry in the list
   * @param {boolean} [options.several] whether more than one may be picked
   */
  constructor({ label, search, text, word, several = false, onChange = () => {} }) {
    Object.assign(this, { search, text, word });
    this.words = Object.assign(document.createElement("input"), { type: "search", autocomplete: "off" });
    this.words.placeholder = word("search");
    this.words.setAttribute("aria-label", `${label}: ${word("search")}`);
    this.list = Object.assign(document.createElement("select"), { size: 5, multiple: several });
    this.list.addEventListener("change", () => onChange(this.picked));
    this.words.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.load(), PAUSE);
    });
    this.count = el("p", "helptext");
    this.element = field("", label, this.list);
    this.element.insertBefore(this.words, this.list);
    this.element.append(this.count);
    this.known = new Map();
  }

  /** Fills the list; what is picked stays in it. */
  async load() {
    this.#asked += 1;
    const mine = this.#asked;
    const { found, total } = await this.search(this.words.value);
    if (mine !== this.#asked) return;
    const before = new Set([...this.list.selectedOptions].map(({ value }) => value));
    for (const one of found) this.known.set(one.name, one);
    const kept = [...before].filter((name) => !found.some((one) => one.name === name)).map((name) => this.known.get(name));
    const options = [...kept, ...found].map((one) => new Option(this.text(one), one.name, false, before.has(one.name)));
    this.list.replaceChildren(...options);
    // One entry, and nothing else to pick: it is what is meant.
    if (before.size === 0 && found.length === 1) this.list.selectedIndex = 0;
    this.count.textContent = found.length < total ? this.word("more_found", { shown: found.length, total }) : "";
    if (total === 0) this.count.textContent = this.word("none_found");
  }

  /** @returns {object[]} the entries that are picked */
  get picked() {
    return [...this.list.selectedOptions].map(({ value }) => this.known.get(value));
  }
}
