// The editor's words over those of the wallboard.

import { wordsFor } from "../words.js";
import { german } from "./words.de.js";
import { english } from "./words.en.js";
import { optionWords } from "./words.options.js";

/** word(key, {name: value}) in the language of `locale`; English where a word is missing. */
export function editorWords(locale) {
  const shared = wordsFor(locale);
  const table = { ...optionWords.en, ...english, ...(locale.startsWith("de") ? { ...optionWords.de, ...german } : {}) };
  return (key, fill = {}) =>
    key in table ? table[key].replace(/\{(\w+)\}/g, (whole, name) => (name in fill ? String(fill[name]) : whole)) : shared(key, fill);
}
