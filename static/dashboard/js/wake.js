// Keeps a screen on a wall awake. Browsers allow it in secure contexts only; elsewhere it is off.

const AGAIN = 60_000;

export class Wake {
  #lock = null;
  #asking = false;
  #refusedAt = -Infinity;

  /**
   * @param {() => boolean} wanted
   * @param {WakeLock|undefined} api
   */
  constructor(wanted, { api = navigator.wakeLock, now = Date.now } = {}) {
    Object.assign(this, { wanted, api, now });
  }

  /** Asks for the lock where it is wanted and was lost, as it is whenever the page is hidden; lets go where it is not. */
  async check() {
    if (!this.api || this.#asking) return;
    const wanted = this.wanted() && document.visibilityState === "visible";
    if (!wanted) {
      this.#lock?.release();
      this.#lock = null;
    } else if (!this.#lock && this.now() - this.#refusedAt >= AGAIN) await this.#ask();
  }

  async #ask() {
    this.#asking = true;
    try {
      const lock = await this.api.request("screen");
      this.#lock = lock;
      lock.addEventListener("release", () => {
        if (this.#lock === lock) this.#lock = null;
      });
    } catch {
      // A device low on energy refuses.
      this.#refusedAt = this.now();
    } finally {
      this.#asking = false;
    }
  }
}
