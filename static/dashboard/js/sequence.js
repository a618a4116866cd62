// Judges each numbered frame: a gap, another epoch or a heartbeat ahead of us asks for a snapshot.

const REPEAT_AFTER = 10_000;
const POINTS_KEPT_FOR = 30_000;

export class Sequence {
  constructor(now) {
    this.now = now;
    this.epoch = null;
    this.seq = null;
    this.askedAt = null;
    this.appliedAt = null;
  }

  /** @returns {{apply: boolean, resync: object|null}} whether the frame counts, and what to send to the server. */
  judge(frame) {
    if (frame.type === "snapshot") return this.#take(frame);
    if (frame.type === "heartbeat") return { apply: true, resync: this.#behind(frame) ? this.#ask() : null };
    if (frame.epoch === this.epoch && frame.seq === this.seq + 1 && this.askedAt === null) return this.#take(frame);
    const old = frame.epoch === this.epoch && frame.seq <= this.seq;
    return { apply: false, resync: old ? null : this.#ask() };
  }

  /** A new socket starts with a snapshot that nobody has to ask for. */
  restart() {
    this.askedAt = null;
  }

  #behind(frame) {
    return this.seq !== null && (frame.epoch !== this.epoch || frame.seq > this.seq);
  }

  #take(frame) {
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    this.askedAt = null;
    this.appliedAt = this.now();
    return { apply: true, resync: null };
  }

  #ask() {
    const now = this.now();
    if (this.askedAt !== null && now - this.askedAt < REPEAT_AFTER) return null;
    this.askedAt = now;
    const complete = this.appliedAt !== null && now - this.appliedAt < POINTS_KEPT_FOR;
    return complete ? { type: "resync", history: false } : { type: "resync" };
  }
}
