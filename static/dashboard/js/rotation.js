// When a rotation loads which wallboard, shows it, or passes over it. Pure: time and frames are the caller's.

// The next one is loaded so long ahead, and so long may it be late before it is passed over, ms.
export const LEAD = 8_000;
export const PATIENCE = 15_000;
// So soon, and then so seldom at most, is a dead one loaded again, ms.
const AGAIN = 30_000;
const SELDOM = 300_000;

const same = (one, other) => one.url === other.url && one.seconds === other.seconds;

export class Rotation {
  /** What is on screen, and since when; its place in `steps`, or where it would be. */
  shown = null;
  /** What waits behind it. */
  next = null;
  /** Whether the caller found that what is on screen will never show anything by itself. */
  dead = false;
  #replacing = false;
  #tries = 0;
  #againAt = 0;
  #steps = [];
  #place = -1;
  #shownAt = 0;
  #nextPlace = 0;
  #nextAt = 0;
  #ready = false;

  constructor(now = Date.now) {
    this.now = now;
  }

  get due() {
    return this.#shownAt + (this.shown?.seconds ?? 0) * 1000;
  }

  /** @param {{url: string, seconds: number, wallboard: string}[]} steps; what is on screen stays where it is in them. */
  replace(steps) {
    if (steps.length === this.#steps.length && steps.every((step, index) => same(step, this.#steps[index]))) return;
    this.#steps = steps;
    if (this.next && !steps.some((step) => same(step, this.next))) this.#forget();
    if (steps.length === 0) Object.assign(this, { shown: null });
    if (!this.shown) return;
    const { url } = this.shown;
    const place = steps[this.#place]?.url === url ? this.#place : steps.findIndex((step) => step.url === url);
    this.#place = place < 0 ? Math.min(this.#place, steps.length) - 1 : place;
    // One that was taken out gives way as soon as another one is there.
    this.shown = place < 0 ? { ...this.shown, seconds: 0, gone: true } : steps[place];
  }

  /** The one that waits is painted. */
  ready() {
    this.#ready = true;
  }

  /**
   * What is to be done now: `load` a step behind the one shown, `show` what waits, or `drop` it because it is not ready
   * in time. Asked for again and again; null is nothing.
   * @returns {{load: object}|{show: object}|{drop: object}|null}
   */
  turn() {
    if (this.next) return this.#waiting();
    if (this.#steps.length === 0) return null;
    const place = (this.#place + 1) % this.#steps.length;
    const turned = this.shown && this.now() < this.due - LEAD ? null : this.#load(place);
    return turned ?? this.#again();
  }

  /** Loads what is dead behind itself, less and less often. */
  #again() {
    if (!this.dead) this.#tries = this.#againAt = 0;
    if (!this.dead || !this.shown || this.shown.gone || this.now() < this.#againAt) return null;
    this.#againAt = this.now() + Math.min(SELDOM, AGAIN * 2 ** this.#tries++);
    return this.#behind({ ...this.shown }, this.#place, true);
  }

  #waiting() {
    // The first one says by itself what is wrong with it.
    if (!this.shown || (this.#ready && (this.#replacing || this.now() >= this.due))) return this.#show();
    const due = this.#replacing ? 0 : this.due;
    if (this.#ready || this.now() < Math.max(due, this.#nextAt + LEAD) + PATIENCE) return null;
    const drop = this.next;
    this.#place = this.#nextPlace;
    this.#forget();
    return { drop };
  }

  #load(place) {
    const step = this.#steps[place];
    if (this.shown && !this.shown.gone && step.url === this.shown.url) {
      // It would follow itself: it stays for another time.
      if (this.now() >= this.due) Object.assign(this, { shown: step }).#stay(place);
      return null;
    }
    return this.#behind(step, place, false);
  }

  #behind(step, place, replacing) {
    this.next = step;
    this.#nextPlace = place;
    this.#nextAt = this.now();
    this.#ready = false;
    this.#replacing = replacing;
    return { load: step };
  }

  #stay(place) {
    this.#place = place;
    this.#shownAt = this.now();
  }

  #show() {
    const show = this.next;
    this.shown = show;
    this.dead = false;
    if (!this.#replacing) this.#stay(this.#nextPlace);
    this.#forget();
    return { show };
  }

  #forget() {
    this.next = null;
    this.#ready = false;
  }
}
