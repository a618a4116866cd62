// Real values for a draft: the wallboard's own socket, and for series that only the draft shows, the newest stored ones.

import { Client } from "../client.js";
import { Model } from "../model.js";
import { LevelJudge } from "./judge.js";
import { same } from "./same.js";

const ASK_EVERY = 1_000;
const JUDGE_EVERY = 500;

/** The screen's model with a draft's tiles laid over it. */
export class DraftModel extends Model {
  drawn = { wallboard: null, series: {}, values: {}, history: {} };
  served = new Set();
  stored = null;
  judges = new Map();

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

  /** As the wall says it, where the draft's thresholds are the wall's; otherwise by the same rules, from now on. */
  level(tile, id) {
    const limits = this.#tile(this.drawn, tile)?.thresholds;
    const stored = this.#tile({ wallboard: this.stored }, tile);
    const onWall = stored?.series.some((one) => String(one) === String(id)) && same(stored.thresholds, limits);
    if (!limits || onWall) return super.level(tile, id);
    const judge = this.#judge(`${tile} ${id}`, limits);
    return { level: judge.level, since: judge.since };
  }

  /** Judges again, because a hold may have ended; the ids of the series whose level is another. */
  judgeAgain() {
    const changed = (this.drawn.wallboard?.tiles ?? []).flatMap((tile) =>
      tile.series.filter((id) => {
        const before = this.judges.get(`${tile.id} ${id}`)?.level;
        return before && this.level(tile.id, id)?.level !== before;
      }),
    );
    return new Set(changed.map(String));
  }

  #tile({ wallboard }, id) {
    return wallboard?.tiles.find((one) => one.id === id);
  }

  #judge(key, limits) {
    if (!same(this.judges.get(key)?.given, limits)) {
      this.judges.set(key, Object.assign(new LevelJudge(limits), { given: limits }));
    }
    const judge = this.judges.get(key);
    const { value, at, state } = this.value(key.split(" ")[1]) ?? {};
    if (state !== "stale") judge.judge(state === "ok" || state === "late" ? value : null, this.now(), at);
    return judge;
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
    setInterval(() => this.#news(this.model.judgeAgain()), JUDGE_EVERY);
    if (!this.page.socket) return;
    const url = new URL(this.page.socket, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const onState = ({ state, code }) => state === "refused" && this.onRefused(code);
    this.client = new Client({ url: url.href, onFrame: (frame) => this.#frame(frame), onState, now: this.clock.now });
    this.client.open();
  }

  async #ask() {
    const ids = this.model.unserved;
    if (ids.length === 0 || document.hidden || this.asking) return;
    this.asking = true;
    const { status, body } = await this.server.values(ids).finally(() => (this.asking = false));
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
