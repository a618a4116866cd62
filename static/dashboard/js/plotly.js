// plotly.js itself: run once the first values are on screen, because nothing else runs while a browser compiles it.

const AGAIN = 10_000;

export class Plotly {
  #loaded = null;

  /**
   * @param {string} address of the script, which the page has fetched ahead
   * @param {Promise<void>} after what must have happened before
   */
  constructor(address, after) {
    Object.assign(this, { address, after });
  }

  /** @returns {Promise<object>} of the library; asked for by the first chart, tried again until it is there. */
  load() {
    this.#loaded ??= this.after.then(() => this.#run());
    return this.#loaded;
  }

  async #run() {
    for (;;) {
      try {
        return await this.#insert();
      } catch {
        // A screen that hangs for weeks must not miss its charts because the network was away for a moment.
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }

  #insert() {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.onload = () => resolve(globalThis.Plotly);
      script.onerror = () => {
        script.remove();
        reject();
      };
      script.src = this.address;
      document.head.append(script);
    });
  }
}
