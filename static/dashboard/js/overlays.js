// What a TV shows besides its wallboard for a while: which screen it is, and a message.

export class Overlays {
  #identifying = 0;
  #banner = 0;

  constructor(identify, banner) {
    Object.assign(this, { identifyElement: identify, banner });
    addEventListener("resize", () => this.#makeRoom());
  }

  /** @param {{number: number, name: string, place: string}} screen @param {number} seconds none hides it */
  identify({ number, name, place }, seconds) {
    const part = (kind, text) => Object.assign(document.createElement("span"), { className: kind, textContent: text });
    const parts = [part("identify-number", number), part("identify-name", name), part("identify-place", place)];
    this.identifyElement.replaceChildren(...parts);
    this.#identifying = this.#show(this.identifyElement, this.#identifying, seconds);
  }

  /** @param {{text: string, seconds: number}|null} message */
  message(message) {
    if (message && this.banner.textContent !== message.text) this.banner.textContent = message.text;
    this.#banner = this.#show(this.banner, this.#banner, message?.seconds ?? 0);
    this.#makeRoom();
  }

  /** The wallboards get smaller, so that the message covers no value. */
  #makeRoom() {
    document.body.style.setProperty("--banner", `${this.banner.offsetHeight}px`);
  }

  clear() {
    this.#identifying = this.#show(this.identifyElement, this.#identifying, 0);
    this.message(null);
  }

  #show(element, timer, seconds) {
    clearTimeout(timer);
    element.hidden = !(seconds > 0);
    // Beyond what a timer can hold it would end at once.
    return seconds > 0 ? setTimeout(() => this.#hide(element), Math.min(seconds * 1_000, 2 ** 31 - 1)) : 0;
  }

  #hide(element) {
    element.hidden = true;
    this.#makeRoom();
  }
}
