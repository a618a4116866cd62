// A TV's own socket, over which it is told what to show, and the credential that opens it. No part of the page.

import { Backoff } from "./backoff.js";

const SILENCE = 15_000;
const PATIENCE = 10_000;
// Not paired (any more): what the browser has for a credential is asked about first.
const UNPAIRED = 4401;
// So often the credential is changed where it is time for it, ms.
const RENEW_EVERY = 150_000;

export class Control {
  #socket = null;
  #watch = 0;
  #retry = 0;
  #backoff = new Backoff();
  #paired = false;

  /**
   * @param {object} options
   * @param {string} options.url of the socket
   * @param {string} options.credential where this device is given what it proves itself with
   * @param {(frame: object) => void} options.onFrame with frames of type code, screen and error, and unpaired of its own
   * @param {() => void} options.onAway when the server could not be asked
   */
  constructor({ url, credential, onFrame, onAway }) {
    Object.assign(this, { url, credential, onFrame, onAway });
    setInterval(() => this.#paired && this.#ask(), RENEW_EVERY);
  }

  /** Begins, and never ends. */
  async enter() {
    const answer = await this.#ask("?starting");
    if (answer) this.#open();
    else {
      this.onAway();
      this.#later(() => this.enter());
    }
  }

  /** Tries at once: the network is back. */
  nudge() {
    if (!this.#socket && this.#retry) this.#again();
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** @returns {Promise<{paired: boolean}|null>} null where no answer came */
  async #ask(search = "") {
    try {
      const options = { method: "POST", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
      const response = await fetch(this.credential + search, options);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  #open() {
    this.#drop();
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(event.code);
    this.#listen();
  }

  #receive(frame) {
    this.#listen();
    // Proof of life is a socket that lasts.
    if (frame.type === "heartbeat") this.#backoff.reset();
    else this.#take(frame);
  }

  #take(frame) {
    const before = this.#paired;
    if (frame.type === "screen") this.#paired = true;
    if (frame.type === "code" || frame.type === "unpaired") this.#paired = false;
    this.onFrame(frame);
    // What it had while it showed a code goes at once.
    if (!before && this.#paired) this.#ask("?starting");
  }

  #listen() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#closed(0), SILENCE);
  }

  #closed(code) {
    this.#drop();
    if (code === UNPAIRED) {
      // Revoked, after it had been told what to show: that is no server to be careful with.
      if (this.#paired) this.#backoff.reset();
      this.#take({ type: "unpaired" });
      this.#later(() => this.enter());
    } else {
      this.onAway();
      this.#later(() => this.#open());
    }
  }

  #later(act) {
    this.#again = () => {
      clearTimeout(this.#retry);
      this.#retry = 0;
      act();
    };
    this.#retry = setTimeout(this.#again, this.#backoff.next());
  }

  #again = () => {};

  #drop() {
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
