// Waits between attempts: full jitter over a doubling span, so that screens come back spread out.

const LEAST = 500;
const MOST = 10_000;

export class Backoff {
  constructor(random = Math.random) {
    this.random = random;
    this.reset();
  }

  reset() {
    this.span = LEAST * 2;
  }

  /** @returns {number} ms to wait before the next attempt, 500 to 10,000. */
  next() {
    const wait = LEAST + this.random() * (this.span - LEAST);
    this.span = Math.min(MOST, this.span * 2);
    return wait;
  }
}
