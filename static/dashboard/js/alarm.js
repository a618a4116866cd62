// Which tiles have become critical since this screen last looked. Pure.

/** @returns {Object<string, number>} since when, by tile and series, of all that is critical */
export function criticals(levels) {
  const found = {};
  for (const [tile, series] of Object.entries(levels)) {
    for (const [id, [level, since]] of Object.entries(series)) if (level === "critical") found[`${tile}/${id}`] = since;
  }
  return found;
}

/** Whether `now` has something that `before` had not; before the first look nothing is news. */
export function anyNew(before, now) {
  return before !== null && Object.entries(now).some(([key, since]) => before[key] !== since);
}

/** What this browser tab looked at last, kept over reloads and over the turns of a rotation. */
export class Looked {
  #known;

  constructor(name, storage = globalThis.sessionStorage) {
    Object.assign(this, { key: `wallboard:critical:${name}`, storage });
  }

  get known() {
    if (this.#known === undefined) this.#known = JSON.parse(this.storage.getItem(this.key) ?? "null");
    return this.#known;
  }

  /** @returns {boolean} whether there is news; what is critical now is known from here on. */
  look(levels) {
    const now = criticals(levels);
    const text = JSON.stringify(now);
    const news = anyNew(this.known, now);
    if (text !== JSON.stringify(this.known)) this.storage.setItem(this.key, text);
    this.#known = now;
    return news;
  }
}
