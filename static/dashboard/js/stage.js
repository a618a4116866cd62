// The frames of a page that shows wallboards in turn: the one in front, and the next one loading in another behind it.

import { dead, painted } from "./framed.js";
import { Rotation } from "./rotation.js";

export class Stage {
  #frames = new Map();
  #rotation = new Rotation();

  /**
   * @param {HTMLElement} element that the frames fill
   * @param {(wallboard: string) => void} onShow
   */
  constructor(element, onShow = () => {}) {
    Object.assign(this, { element, onShow });
  }

  /** @returns {HTMLIFrameElement|null} */
  get front() {
    return this.element.querySelector("iframe[data-front]");
  }

  /** @param {{wallboard: string, url: string, seconds: number}[]} steps of which none leaves nothing on screen */
  replace(steps) {
    this.#rotation.replace(steps);
    if (steps.length === 0) for (const step of [...this.#frames.keys()]) this.#drop(step);
  }

  /** Does what is due; called again and again. */
  look() {
    const rotation = this.#rotation;
    if (rotation.next && painted(this.#frames.get(rotation.next))) rotation.ready();
    rotation.dead = dead(this.front);
    const turn = rotation.turn();
    if (turn?.load) this.#load(turn.load);
    if (turn?.show) this.#show(turn.show);
    if (turn?.drop) this.#drop(turn.drop);
    for (const [step, frame] of this.#frames) {
      if (step !== rotation.next && !frame.hasAttribute("data-front")) this.#drop(step);
    }
  }

  #load(step) {
    const frame = Object.assign(document.createElement("iframe"), { title: step.wallboard, allow: "fullscreen; autoplay" });
    frame.inert = true;
    // ?theme= and whatever else was given go on to the wallboards.
    frame.src = step.url + location.search;
    frame.loadedAt = Date.now();
    this.#frames.set(step, frame);
    this.element.append(frame);
  }

  /** What is in front goes only now: it covered the next one until it was painted. */
  #show(step) {
    const front = this.#frames.get(step);
    front.inert = false;
    front.toggleAttribute("data-front", true);
    document.body.dataset.board = step.wallboard;
    for (const [other, frame] of this.#frames) if (other !== step && frame.hasAttribute("data-front")) this.#drop(other);
    front.contentWindow.focus();
    this.onShow(step.wallboard);
  }

  /** A frame that leaves the page takes its sockets, timers and graphs with it. */
  #drop(step) {
    this.#frames.get(step).remove();
    this.#frames.delete(step);
  }
}
