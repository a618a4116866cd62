// The keyboard: one key each, and a panel that names them.

import { makeDialog } from "./dialog.js";
import { el } from "./tiles/parts.js";

const WRITING = "input, select, textarea, [contenteditable]";

/** @param {Object<string, () => void>} actions by key; other keys, and combinations, are left alone */
export function bindKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (event.target.closest?.(WRITING)) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/**
 * The panel of keys.
 * @param {string[]} bound the single keys that do something on this page
 */
export class Help {
  constructor(bound, word) {
    Object.assign(this, { bound, word, panel: null });
  }

  toggle() {
    this.panel ??= this.#make();
    if (this.panel.dialog.open) this.panel.dialog.close();
    else this.panel.open();
  }

  #make() {
    const { word } = this;
    const panel = makeDialog("help", word);
    panel.title.textContent = word("keys_title");
    panel.eyebrow.remove();
    const rows = [
      ...this.bound.map((key) => [key, word(`key_${key}`)]),
      ["Tab", word("key_tab")],
      ["Enter", word("key_enter")],
      ["Esc", word("key_esc")],
      ["Ctrl P", word("key_print")],
    ];
    const list = el("dl", "help-keys");
    for (const [key, text] of rows) {
      const keys = key.split(" ").map((one) => el("kbd", "", one));
      list.append(el("dt", "", ...keys), el("dd", "", text));
    }
    panel.body.append(list);
    return panel;
  }
}
