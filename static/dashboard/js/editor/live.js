// Real values for a draft: the wallboard's own socket, and for series that only the draft shows, the newest stored ones.

import { Client } from "../client.js";
import { Model } from "../model.js";

const ASK_EVERY = 3_000;

/** The level of a value by a draft's thresholds. How long it holds is for the server to judge, once it is saved. */
export function levelOf(value, thresholds) {
  if (typeof value !== "number" || !thresholds) return "normal";
  const beyond = (limit) =>
    limit !== null && limit !== undefined && (thresholds.direction === "below" ? value <= limit : value >= limit);
  return ["critical", "warning"].find((level) => beyond(thresholds[level])) ?? "normal";
}

/** The screen's model with a draft's tiles laid over it. */
export class DraftModel extends Model {
  drawn = { wallboard: null, series: {}, values: {}, history: {} };
  served = new Set();
  stored = null;

  snapshot(frame) {
    this.stored = frame.wallboard;
    this.served = new Set(Object.keys(frame.values));
    super.snapshot({
      ...frame,
      wallboard: this.drawn.wallboard ?? frame.wallboard,
      series: { ...this.drawn.series, ...frame.series },
      values: { ...this.drawn.values, ...frame.values },
      history: { ...this.drawn.history, ...frame.history },
    });
    this.points = { ...this.drawn.history, ...frame.history };
    this.histories.replace(this.points);
  }

  /** Takes the answer to a preview. */
  draw(shown) {
    this.drawn = shown;
    this.wallboard = shown.wallboard;
    this.series = { ...this.series, ...shown.series };
    this.points = { ...shown.history, ...this.points };
    this.histories.window = Math.max(60, ...shown.wallboard.tiles.map((tile) => tile.options?.window ?? 0));
    this.histories.replace(this.points);
    this.take(shown.values);
  }

  /** Values that did not come over the socket; its own are newer. */
  take(values) {
    const news = Object.entries(values).filter(([id]) => !this.served.has(id));
    for (const [id, wire] of news) {
      this.values[id] = this.drawn.values[id] = wire;
      this.histories.add(id, wire);
    }
    return new Set(news.map(([id]) => id));
  }

  /** The ids of series that only the draft shows. */
  get unserved() {
    return Object.keys(this.drawn.series).filter((id) => !this.served.has(id));
  }

  level(tile, id) {
    const limits = this.drawn.wallboard?.tiles.find((one) => one.id === tile)?.thresholds;
    return limits ? { level: levelOf(this.value(id)?.value, limits), since: 0 } : super.level(tile, id);
  }

  tileLevel(tile) {
    const levels = tile.series.map((id) => this.level(tile.id, id)?.level);
    return ["critical", "warning"].find((level) => levels.includes(level)) ?? "normal";
  }
}

/** Keeps the model's values fresh; `onValues(ids)` after each news, `onStored()` when the saved board is another. */
export class Live {
  constructor({ page, model, clock, server, onValues, onStored, onRefused }) {
    Object.assign(this, { page, model, clock, server, onValues, onStored, onRefused });
  }

  start() {
    setInterval(() => this.#ask(), ASK_EVERY);
    if (!this.page.socket) return;
    const url = new URL(this.page.socket, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const onState = ({ state, code }) => state === "refused" && this.onRefused(code);
    this.client = new Client({ url: url.href, onFrame: (frame) => this.#frame(frame), onState, now: this.clock.now });
    this.client.open();
  }

  async #ask() {
    const ids = this.model.unserved;
    if (ids.length === 0 || document.hidden) return;
    const { status, body } = await this.server.values(ids);
    if (status !== 200) return;
    if (!this.client) this.model.heard();
    this.#news(this.model.take(body.values));
  }

  #frame(frame) {
    this.model.heard();
    if (frame.type === "heartbeat") {
      this.clock.correct(frame.at);
      this.model.beat(frame.bridge, frame.at);
    } else if (frame.type === "link") this.model.link(frame);
    else if (frame.type === "update") this.#news(this.model.update(frame), this.model.relevel(frame));
    else {
      const before = JSON.stringify(this.model.stored);
      this.model.snapshot(frame);
      this.onValues(null);
      // Also with the first one: the page may have been kept from before the server was away.
      if (before !== JSON.stringify(frame.wallboard)) this.onStored();
    }
  }

  #news(ids) {
    if (ids.size > 0) this.onValues(ids);
  }
}
