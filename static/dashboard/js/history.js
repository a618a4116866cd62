// The points that charts draw: what the server sent, continued by the rule of dashboard/trails.py.

const POINTS = 360;
const DENSEST = 10_000;
const KNOWN = new Set(["ok", "late"]);

export class History {
  #points = {};

  constructor(now) {
    this.now = now;
    this.window = 60;
  }

  replace(history) {
    this.#points = history;
  }

  /** @returns {[number, number|null][]} */
  points(id) {
    return this.#points[id] ?? [];
  }

  /**
   * Appends a value as it came in a frame; only series that the server sent history for are kept. A gap begins and
   * ends at the present, whatever the source's time: its value may be older than the gap.
   */
  add(id, [value, at, state]) {
    const points = this.#points[id];
    if (!points) return;
    const drawn = KNOWN.has(state) && typeof value === "number" ? value : null;
    const last = points.at(-1);
    if (last?.[1] === null && drawn === null) return;
    const now = this.now();
    const resumed = last?.[1] === null || drawn === null;
    const when = Math.max(resumed ? now : Math.min(at ?? now, now), last?.[0] ?? 0);
    if (last?.[0] === when || (drawn !== null && this.#movable(points))) points.pop();
    points.push([when, drawn]);
    this.#trim(points);
  }

  /** Whether the last point is too close to the one before to stay when a newer one comes. */
  #movable(points) {
    const [before, last] = points.slice(-2);
    if (!last || before[1] === null || last[1] === null) return false;
    return last[0] - before[0] < Math.max(DENSEST, (this.window * 60_000) / POINTS);
  }

  #trim(points) {
    const start = this.now() - this.window * 60_000;
    let outside = 0;
    while (outside + 1 < points.length && points[outside + 1][0] <= start) outside += 1;
    // A value that comes and goes adds points out of turn.
    points.splice(0, Math.max(outside, points.length - 2 * POINTS));
  }
}
