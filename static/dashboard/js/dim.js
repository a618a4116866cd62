// Dims a screen on a wall outside of the opening hours; whoever touches it sees it bright for a minute.

import { within } from "./hours.js";

const BRIGHT_FOR = 60_000;

/** Whether a wallboard with these opening hours (none: always open) is closed. */
export function closed({ open }, ms, timezone) {
  return open.length > 0 && !within(open, ms, timezone);
}

export class Dimmer {
  #touchedAt = -Infinity;

  constructor(element, now = Date.now) {
    Object.assign(this, { element, now });
    for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => this.#touched());
  }

  #touched() {
    this.#touchedAt = this.now();
    this.element.removeAttribute("data-dimmed");
  }

  /** @param {boolean} dark as the hours say */
  show(dark) {
    this.element.toggleAttribute("data-dimmed", dark && this.now() - this.#touchedAt >= BRIGHT_FOR);
  }
}
