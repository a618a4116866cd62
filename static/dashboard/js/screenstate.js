// What a TV tells of itself, and what it keeps for the time when its server is away.

const KEY = "wallboard:screen";
const TOLD_EVERY = 10_000;
const LOOK_EVERY = 1_000;
/** A page that was on its way while the screen was revoked is kept after the others were forgotten. */
const FORGET_AGAIN = [2_000, 10_000];

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What it was to show last, over restarts; no value of any board. */
export class Remembered {
  #again = [];

  constructor(storage = null) {
    Object.assign(this, { storage });
  }

  get #store() {
    return this.storage ?? localStorage;
  }

  /** @returns {object|null} */
  get shows() {
    try {
      return JSON.parse(this.#store.getItem(KEY) ?? "null");
    } catch {
      return null;
    }
  }

  keep(shows) {
    this.#again.splice(0).forEach(clearTimeout);
    try {
      this.#store.setItem(KEY, JSON.stringify(shows));
    } catch {
      // A browser without storage: then a restart without the server shows nothing.
    }
  }

  /** With the pages of wallboards that were kept for the time when the server is away. */
  forget() {
    this.#again.splice(0).forEach(clearTimeout);
    forgetBoards().catch(() => {});
    this.#again = FORGET_AGAIN.map((wait) => setTimeout(() => forgetBoards().catch(() => {}), wait));
    try {
      this.#store.removeItem(KEY);
    } catch {
      // There is nothing.
    }
  }
}

/** Browsers have such a store in secure contexts only. */
async function forgetBoards() {
  const store = await globalThis.caches?.open("wallboard");
  const boards = ((await store?.keys()) ?? []).filter(({ url }) => new URL(url).pathname.startsWith("/screen/wallboards/"));
  for (const board of boards) await store.delete(board, { ignoreVary: true });
}

/** What the frame in front says of itself, as far as it is there. */
function said(frame, id) {
  try {
    return frame?.contentDocument?.getElementById(id)?.dataset.state ?? "";
  } catch {
    // The browser's own error page.
    return "";
  }
}

const SOUNDS = ["off", "on", "blocked", "muted", "quiet"];

/** @returns {object} the frame that tells the server */
export function statusOf(version, front, board) {
  const sound = said(front, "sound") || (front ? "off" : "");
  return {
    type: "status",
    version,
    width: innerWidth,
    height: innerHeight,
    ratio: devicePixelRatio,
    sound: SOUNDS.includes(sound) ? sound : "",
    freshness: said(front, "lamp"),
    showing: front ? (board ?? "") : "",
  };
}

/** Tells it when it changed, and every ten seconds as a sign of life. */
export class Reporter {
  #told = null;
  #toldAt = -Infinity;
  #lookedAt = -Infinity;

  constructor(version, stage, send, now = () => performance.now()) {
    Object.assign(this, { version, stage, send, now });
  }

  /** @param {boolean} [anyway] the server knows nothing of it */
  report(anyway = false) {
    const now = this.now();
    if (!anyway && now - this.#lookedAt < LOOK_EVERY) return;
    this.#lookedAt = now;
    const status = statusOf(this.version, this.stage.front, document.body.dataset.board);
    if (!anyway && same(status, this.#told) && now - this.#toldAt < TOLD_EVERY) return;
    this.#told = status;
    this.#toldAt = now;
    this.send(status);
  }
}
