// What was, and what was taken back: documents are never changed in place, so a step is only a reference.

import { same } from "./same.js";

const MOST = 200;

export class Undo {
  #past = [];
  #future = [];
  #key = null;

  constructor(present) {
    this.present = present;
  }

  /** Takes a further document; with the `key` of the step before it (typing in one field) both are one step. */
  change(next, key = null) {
    if (same(next, this.present)) return false;
    if (key === null || key !== this.#key) this.#past.push(this.present);
    if (this.#past.length > MOST) this.#past.shift();
    this.#key = key;
    this.#future = [];
    this.present = next;
    return true;
  }

  /** Begins anew: what was before cannot be brought back. */
  reset(present) {
    this.present = present;
    this.#past = [];
    this.#future = [];
    this.#key = null;
  }

  undo() {
    return this.#step(this.#past, this.#future);
  }

  redo() {
    return this.#step(this.#future, this.#past);
  }

  #step(from, to) {
    if (from.length === 0) return false;
    to.push(this.present);
    this.present = from.pop();
    this.#key = null;
    return true;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }
}
