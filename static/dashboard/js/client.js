// The WebSocket client: keeps one socket open, acknowledges, asks again after a gap, and says when it is lost.

import { Backoff } from "./backoff.js";
import { Sequence } from "./sequence.js";

const SILENCE = 15_000;
const ACK_EVERY = 16;
// The server says that trying again by itself is no use.
const REFUSALS = new Set([4401, 4403, 4404]);

export class Client {
  #socket = null;
  #watch = 0;
  #retry = 0;
  #unacknowledged = 0;
  #message = "";
  #reason = "";

  /**
   * @param {object} options
   * @param {string} options.url of the socket
   * @param {() => string|null} [options.token] of an embed, sent first on each socket
   * @param {(frame: object) => void} options.onFrame called with each frame that counts, in order
   * @param {(event: {state: "open"|"closed"|"silent"|"refused", code?: number, message?: string, reason?: string}) => void} options.onState
   */
  constructor({ url, token = () => null, onFrame, onState, now = Date.now }) {
    Object.assign(this, { url, token, onFrame, onState });
    this.sequence = new Sequence(now);
    this.backoff = new Backoff();
    this.refused = false;
  }

  open() {
    this.#drop();
    this.refused = false;
    this.#message = this.#reason = "";
    this.sequence.restart();
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => this.authenticate();
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#listen();
  }

  close() {
    this.#drop();
  }

  /** Tries at once: somebody looks at the page again, or the network is back. */
  nudge() {
    if (this.refused || !this.#socket) this.open();
  }

  /** Sends the embed's token, on a new socket or to renew an open one. */
  authenticate() {
    const token = this.token();
    if (token) this.#send({ type: "auth", token });
  }

  #receive(data) {
    this.#listen();
    const frame = JSON.parse(data);
    if (frame.type === "error") {
      this.#message = frame.message;
      this.#reason = frame.code;
      return;
    }
    if (!["snapshot", "update", "link", "heartbeat"].includes(frame.type)) return;
    const { apply, resync } = this.sequence.judge(frame);
    if (resync) this.#send(resync);
    if (frame.type === "snapshot") this.onState({ state: "open" });
    if (apply) this.onFrame(frame);
    this.#acknowledge(frame.type === "heartbeat");
  }

  #acknowledge(heartbeat) {
    // Proof of life is a socket that lasts, not one that opens: an endpoint that accepts and closes is not hammered.
    if (heartbeat) this.backoff.reset();
    else this.#unacknowledged += 1;
    if (this.sequence.seq === null || (!heartbeat && this.#unacknowledged < ACK_EVERY)) return;
    this.#unacknowledged = 0;
    this.#send({ type: "ack", seq: this.sequence.seq });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #listen() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#silent(), SILENCE);
  }

  #silent() {
    this.#drop();
    this.onState({ state: "silent" });
    this.#later();
  }

  #closed(code) {
    const [message, reason] = [this.#message, this.#reason];
    this.#drop();
    if (REFUSALS.has(code)) {
      this.refused = true;
      this.onState({ state: "refused", code, message, reason });
      return;
    }
    this.onState({ state: "closed", code, message });
    this.#later();
  }

  #later() {
    this.#retry = setTimeout(() => this.open(), this.backoff.next());
  }

  #drop() {
    clearTimeout(this.#watch);
    clearTimeout(this.#retry);
    this.#unacknowledged = 0;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
