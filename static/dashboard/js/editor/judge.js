// When a value is a warning, as dashboard/levels.py has it: a draft's thresholds are judged before the server knows them.

const LEVELS = ["normal", "warning", "critical"];

/** Follows one value. Times are epoch milliseconds; a level rises after `hold` seconds and falls beyond `clear`. */
export class LevelJudge {
  #level = 0;
  #beyond = {};
  since = 0;

  constructor(thresholds) {
    this.thresholds = { direction: "above", clear: 0, hold: 0, ...thresholds };
  }

  get level() {
    return LEVELS[this.#level];
  }

  /** Takes the value as it is at `now`; `at`, when it became so, counts at the first look only. */
  judge(value, now, at = null) {
    const began = !this.since && at !== null ? Math.min(at, now) : now;
    this.since ||= now;
    if (typeof value !== "number") {
      this.#beyond = {};
      return this.#settle(0, now);
    }
    for (const [level, limit] of this.#limits()) {
      if (this.#reached(value, limit, 0)) this.#beyond[level] ??= began;
      else delete this.#beyond[level];
    }
    return this.#settle(this.#deserved(value, now), now);
  }

  #limits() {
    const { warning, critical } = this.thresholds;
    return [[1, warning], [2, critical]].filter(([, limit]) => limit !== null && limit !== undefined);
  }

  #reached(value, limit, margin) {
    const below = this.thresholds.direction === "below";
    return below ? value <= limit || value < limit + margin : value >= limit || value > limit - margin;
  }

  #deserved(value, now) {
    let deserved = 0;
    for (const [level, limit] of this.#limits()) {
      const held = level in this.#beyond && now - this.#beyond[level] >= this.thresholds.hold * 1000;
      if (level <= this.#level ? this.#reached(value, limit, this.thresholds.clear) : held) deserved = level;
    }
    return deserved;
  }

  #settle(level, now) {
    if (level === this.#level) return false;
    this.since = level > this.#level ? Math.min(this.#beyond[level] + this.thresholds.hold * 1000, now) : now;
    this.#level = level;
    return true;
  }
}
