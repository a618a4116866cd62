// What a screen reader hears: changes of state, gathered for a moment so that none is lost; never a number.

const GATHER = 400;
const MOST = 4;

export class Announcer {
  #texts = new Set();
  #timer = 0;

  /** @param {HTMLElement} element the live region */
  constructor(element, word) {
    Object.assign(this, { element, word });
  }

  /** Says `text` with what else comes in the next moments; the same twice is said once. */
  say(text) {
    this.#texts.add(text);
    this.#timer ||= setTimeout(() => this.#speak(), GATHER);
  }

  #speak() {
    const texts = [...this.#texts];
    this.#texts.clear();
    this.#timer = 0;
    const said = texts.slice(0, MOST);
    if (texts.length > MOST) said.push(this.word("more_changes", { count: texts.length - MOST }));
    // New elements are heard also where they say what was said before.
    this.element.replaceChildren(...said.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  }

  /** Says of a tile that Genesys refuses its statistic, or no longer does. The lamp speaks for broken links. */
  watch(board) {
    const observer = new MutationObserver((changes) => {
      for (const { target, oldValue } of changes) this.#stateChanged(target, oldValue, target.dataset.state);
    });
    observer.observe(board, { subtree: true, attributeFilter: ["data-state"], attributeOldValue: true });
  }

  #stateChanged(tile, before, state) {
    if (!tile.matches(".tile") || before === state || ![before, state].includes("rejected")) return;
    const title = tile.querySelector("h2").textContent;
    const level = this.word(state === "rejected" ? "rejected_plain" : state === "live" ? "live" : `${state}_plain`);
    this.say(this.word("changed_level", { tile: title, level }));
  }
}
