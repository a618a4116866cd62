// Which tiles have become critical since this screen last looked. Pure.

/** @returns {Object<string, number>} since when, by tile and series, of all that is critical */
export function criticals(levels) {
  const found = {};
  for (const [tile, series] of Object.entries(levels)) {
    for (const [id, [level, since]] of Object.entries(series)) if (level === "critical") found[`${tile}/${id}`] = since;
  }
  return found;
}

/**
 * Of what was critical, what may still be: its level is not judged for sure again. The server judges anew after a restart,
 * and when nobody looked for a while.
 * @param {(tile: string, id: string, since: number) => boolean} settled whether a level below critical is for sure
 */
function unsettled(before, levels, settled) {
  const found = {};
  for (const [tile, series] of Object.entries(levels)) {
    for (const [id, [level, since]] of Object.entries(series)) {
      const key = `${tile}/${id}`;
      if (key in before && level !== "critical" && !settled(tile, id, since)) found[key] = before[key];
    }
  }
  return found;
}

/** What this browser tab looked at last, kept over reloads and over the turns of a rotation. */
export class Looked {
  #known;

  constructor(name, storage = null) {
    Object.assign(this, { key: `wallboard:critical:${name}`, storage });
  }

  get #store() {
    return this.storage ?? sessionStorage;
  }

  /** @returns {Object<string, number>|null} null before the first look */
  get known() {
    if (this.#known === undefined) {
      try {
        this.#known = JSON.parse(this.#store.getItem(this.key) ?? "null");
      } catch {
        this.#known = null;
      }
    }
    return this.#known;
  }

  /**
   * @returns {boolean} whether something is critical that was not, since whenever; before the first look nothing is news.
   * What is critical now is known from here on.
   */
  look(levels, settled = () => true) {
    const before = this.known;
    const now = criticals(levels);
    this.#known = { ...unsettled(before ?? {}, levels, settled), ...now };
    const text = JSON.stringify(this.#known);
    if (text !== JSON.stringify(before)) this.#keep(text);
    return before !== null && Object.keys(now).some((key) => !(key in before));
  }

  #keep(text) {
    try {
      this.#store.setItem(this.key, text);
    } catch {
      // A full disk, or a browser without storage: then it is known until the next reload.
    }
  }
}
