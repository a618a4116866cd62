// The render budget: charts are redrawn one per idle task, so that twelve never block the screen together.

const LATEST = 1_000;

export class Scheduler {
  #waiting = new Set();
  #asked = false;

  /** Runs `draw` in idle time; asked for twice before that, it runs once. */
  schedule(draw) {
    this.#waiting.add(draw);
    this.#ask();
  }

  /** Runs at once all that waits, in one task: for paper, which waits for nothing. */
  flush() {
    for (const draw of [...this.#waiting]) {
      this.#waiting.delete(draw);
      draw();
    }
  }

  #ask() {
    if (this.#asked || this.#waiting.size === 0) return;
    this.#asked = true;
    const run = () => this.#run();
    if (globalThis.requestIdleCallback) requestIdleCallback(run, { timeout: LATEST });
    else setTimeout(run, 50);
  }

  #run() {
    this.#asked = false;
    const [draw] = this.#waiting;
    if (!draw) return;
    this.#waiting.delete(draw);
    try {
      draw();
    } finally {
      this.#ask();
    }
  }
}
