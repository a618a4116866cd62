// The points that charts draw: what the server sent, with live ones appended about as densely.

const POINTS = 360;
const DENSEST = 10_000;
const BROKEN = new Set(["stale", "unknown"]);

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

  /** Appends a value as it came in a frame; only series that the server sent history for are kept. */
  add(id, [value, at, state]) {
    const points = this.#points[id];
    const drawn = BROKEN.has(state) ? null : value;
    if (!points || (drawn !== null && typeof drawn !== "number") || state === "pending" || state === "rejected") return;
    const last = points.at(-1);
    if (last?.[1] === null && drawn === null) return;
    const resumed = last?.[1] === null || drawn === null;
    const when = resumed ? this.now() : Math.max(at ?? this.now(), last?.[0] ?? 0);
    if (last && last[0] === when && last[1] === drawn) return;
    if (this.#replaces(points, when, drawn)) points.pop();
    points.push([when, drawn]);
    this.#trim(points);
  }

  #replaces(points, when, drawn) {
    const [before, last] = points.slice(-2);
    if (!last || !before || last[1] === null || before[1] === null || drawn === null) return false;
    return when - before[0] < Math.max(DENSEST, (this.window * 60_000) / POINTS);
  }

  #trim(points) {
    const start = this.now() - this.window * 60_000;
    let outside = 0;
    while (outside + 1 < points.length && points[outside + 1][0] <= start) outside += 1;
    if (outside > 0) points.splice(0, outside);
  }
}
