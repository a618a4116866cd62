// The buttons in the header, and the word for how things stand.

import { button } from "./fields.js";

export class Tools {
  constructor({ element, state, word, locale, on }) {
    Object.assign(this, { state, word, locale });
    const make = (key, run, className) => {
      const one = button(word(key), run, className);
      if (key === "undo" || key === "redo" || key === "save") one.title = word(`keys_${key}`);
      element.append(one);
      return one;
    };
    this.undo = make("undo", on.undo, "button quiet");
    this.redo = make("redo", on.redo, "button quiet");
    this.add = make("add_tile", on.add, "button quiet");
    this.save = make("save", on.save, "button");
  }

  show(draft, saving, errors) {
    // A disabled button loses the focus of who just pressed it.
    this.undo.setAttribute("aria-disabled", String(!draft.steps.canUndo));
    this.redo.setAttribute("aria-disabled", String(!draft.steps.canRedo));
    this.save.setAttribute("aria-disabled", String(saving.busy || !draft.dirty));
    const [kind, text] = this.#verdict(draft, saving, errors);
    this.state.dataset.state = kind;
    if (this.state.textContent !== text) this.state.textContent = text;
  }

  #verdict(draft, saving, errors) {
    if (saving.busy) return ["busy", this.word("saving")];
    if (draft.dirty && errors.length > 0) return ["wrong", this.word("to_correct", { count: errors.length })];
    if (draft.dirty && saving.failed) return ["wrong", this.word("not_saved")];
    if (draft.dirty) return ["dirty", this.word("unsaved")];
    if (!saving.savedAt) return ["saved", this.word("nothing_changed")];
    const time = new Intl.DateTimeFormat(this.locale, { hour: "2-digit", minute: "2-digit" }).format(saving.savedAt);
    return ["saved", this.word("saved_at", { time })];
  }
}
