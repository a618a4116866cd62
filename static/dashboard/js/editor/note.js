// A line over the grid about the draft as a whole, with what can be done about it.

import { button } from "./fields.js";

export class Note {
  constructor(element, word) {
    Object.assign(this, { element, word });
  }

  /** @param {...(HTMLElement|string)} actions links and buttons behind the text */
  say(text, ...actions) {
    const close = button("✕", () => this.hide(), "editor-small");
    close.setAttribute("aria-label", this.word("close"));
    this.element.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }), ...actions, close);
    this.element.hidden = false;
  }

  hide() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}
