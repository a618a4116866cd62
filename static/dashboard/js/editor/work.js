// Work on a board: what it began with, what it is, and each step between the two. No access to the page.

import { same } from "./same.js";
import { Undo } from "./undo.js";

/** A first step; `origin` is one object for all the steps that follow, so that all of them know when one is saved. */
const begun = (base, revision) => ({ board: base, origin: { base, revision } });

export class Work {
  /** @param {{wallboard: object, revision: string}} stored what the server has */
  constructor({ wallboard, revision }, keep) {
    this.keep = keep;
    this.steps = new Undo(begun(wallboard, revision));
  }

  get board() {
    return this.steps.present.board;
  }

  /** What the server had when this was made. It belongs to the step: a draft that undo brings back is not made of newer boards. */
  get origin() {
    return this.steps.present.origin;
  }

  get base() {
    return this.origin.base;
  }

  get revision() {
    return this.origin.revision;
  }

  get dirty() {
    return !same(this.board, this.base);
  }

  /** Notes a step; `key` joins it with the one before. @returns {boolean} whether anything is another now */
  change(board, key = null) {
    return this.#after(this.steps.change({ board, origin: this.origin }, key));
  }

  undo = () => this.#after(this.steps.undo());
  redo = () => this.#after(this.steps.redo());

  #after(done) {
    if (done) this.#remember();
    return done;
  }

  #remember() {
    if (this.dirty) this.keep.write({ ...this.origin, draft: this.board });
    else this.keep.clear();
  }

  /** The server has what the step `sent` says, and calls it `current`; steps taken since then stay. */
  saved({ wallboard, revision }, sent) {
    Object.assign(sent.origin, { base: wallboard, revision });
    sent.board = wallboard;
    this.#remember();
  }

  /**
   * Goes on from what the server has; `board` is what both made of it, or theirs alone. Undo ends at theirs; or, where a
   * draft was dropped, at that draft as made of the older board: saving it asks again.
   */
  rebase({ wallboard, revision }, board = null) {
    const theirs = begun(wallboard, revision);
    const dropped = !board && this.dirty;
    this.steps.reset(dropped ? this.steps.present : theirs);
    if (dropped) this.steps.change(theirs);
    else if (board) this.change(board);
    this.#remember();
  }

  /** Takes up work that was kept. */
  restore({ base, revision, draft }) {
    this.steps.reset(begun(base, revision));
    this.steps.change({ board: draft, origin: this.origin });
  }
}
