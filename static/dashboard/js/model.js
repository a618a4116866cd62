// What the screen knows, free of the page: definitions, values, levels, history, links and its own socket.

import { History } from "./history.js";

export const LATE_AFTER = 15_000;
export const STALE_AFTER = 60_000;
export const UNKNOWN_AFTER = 600_000;
const AGES = [
  [UNKNOWN_AFTER, "unknown"],
  [STALE_AFTER, "stale"],
  [LATE_AFTER, "late"],
];
const RANK = { ok: 0, pending: 1, rejected: 2, late: 3, stale: 4, unknown: 5 };

export class Model {
  constructor({ now, screenReason = "" }) {
    Object.assign(this, { now, screenReason });
    this.wallboard = null;
    this.series = {};
    this.values = {};
    this.levels = {};
    this.links = {};
    this.bridge = "live";
    this.brokenSince = {};
    this.histories = new History(now);
    this.heardAt = now();
    this.lost = false;
  }

  /** Takes everything anew; history only where the frame brings it. */
  snapshot(frame) {
    this.wallboard = frame.wallboard;
    this.series = frame.series;
    this.values = frame.values;
    this.levels = frame.levels;
    this.links = frame.links;
    for (const [name, link] of Object.entries(frame.links)) this.#mark(`link ${name}`, link.state === "live", link.since);
    this.beat(frame.bridge, this.now());
    this.histories.window = Math.max(60, ...frame.wallboard.tiles.map((tile) => tile.options?.window ?? 0));
    if (frame.history) this.histories.replace(frame.history);
    for (const [id, wire] of Object.entries(frame.values)) this.histories.add(id, wire);
  }

  /** @returns {Set<string>} ids of the series whose values came. */
  update(frame) {
    for (const [id, wire] of Object.entries(frame.values ?? {})) {
      this.values[id] = wire;
      this.histories.add(id, wire);
    }
    return new Set(Object.keys(frame.values ?? {}));
  }

  /** @returns {{tile: string, id: string, level: string, before: string}[]} what changed. */
  relevel(frame) {
    const changes = [];
    for (const [tile, levels] of Object.entries(frame.levels ?? {})) {
      for (const [id, level] of Object.entries(levels)) {
        const before = this.levels[tile]?.[id]?.[0] ?? "normal";
        (this.levels[tile] ??= {})[id] = level;
        if (before !== level[0]) changes.push({ tile, id, level: level[0], before });
      }
    }
    return changes;
  }

  link({ connection, state, since, reason }) {
    this.links[connection] = { state, since, reason };
    this.#mark(`link ${connection}`, state === "live", since);
  }

  /** The bridge's state, from a snapshot or a heartbeat. */
  beat(bridge, at) {
    this.bridge = bridge;
    this.#mark("bridge", bridge === "live", at);
  }

  #mark(what, sound, since) {
    if (sound) delete this.brokenSince[what];
    else this.brokenSince[what] ??= since;
  }

  /** Any message is proof that this screen's socket lives. */
  heard() {
    this.heardAt = this.now();
    this.lost = false;
  }

  /** What the age of the last message makes of every value: "ok", "late", "stale" or "unknown". */
  screenState() {
    const age = this.now() - this.heardAt;
    return AGES.find(([least]) => age >= least)?.[1] ?? "ok";
  }

  /** @returns {{value, at, state, reason, asOf}|undefined} with the screen's own state laid over the server's. */
  value(id) {
    const wire = this.values[id];
    if (!wire) return undefined;
    const [value, at, state, reason = ""] = wire;
    const own = this.screenState();
    const fixed = state === "pending" || state === "rejected";
    if (fixed || RANK[own] <= RANK[state]) return { value, at, state, reason, asOf: this.asOf(id, at) };
    const asOf = Math.min(this.heardAt, this.asOf(id, this.heardAt));
    return { value: own === "unknown" ? null : value, at, state: own, reason: this.screenReason, asOf };
  }

  /** When a value was last known to be true: when its link broke, or else its own time stamp. */
  asOf(id, at) {
    return this.brokenSince[`link ${this.series[id]?.connection}`] ?? this.brokenSince.bridge ?? at;
  }

  level(tile, id) {
    const found = this.levels[tile]?.[id];
    return found && { level: found[0], since: found[1] };
  }

  history(id) {
    return this.histories.points(id);
  }

  /** The worst state among a tile's series and how many have it. */
  tileState(tile) {
    const states = tile.series.map((id) => this.value(id)?.state ?? "pending");
    const worst = states.reduce((one, other) => (RANK[other] > RANK[one] ? other : one), "ok");
    return { state: worst === "ok" ? "live" : worst, count: states.filter((state) => state === worst).length };
  }

  tileLevel(tile) {
    const levels = Object.values(this.levels[tile.id] ?? {}).map(([level]) => level);
    return ["critical", "warning"].find((level) => levels.includes(level)) ?? "normal";
  }
}
