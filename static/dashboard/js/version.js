// A page older than its server reloads itself: at most once in 5 minutes, and not all screens at the same moment.

const KEY = "wallboard:reloaded";
const AT_MOST_EVERY = 300_000;
const SPREAD = 10_000;

/** The last reload is remembered across it; a frame without storage counts from its own start instead. */
function lastReload() {
  try {
    return Number(sessionStorage.getItem(KEY) ?? 0);
  } catch {
    return performance.timeOrigin;
  }
}

function remember() {
  try {
    sessionStorage.setItem(KEY, String(Date.now()));
  } catch {
    // Then lastReload counts from the new page's start.
  }
}

/** Calls `reload` as soon as this tab may be reloaded again. @returns {number} the timer */
export function reloadWhenAllowed(reload, random = Math.random) {
  const wait = Math.max(0, lastReload() + AT_MOST_EVERY - Date.now());
  return setTimeout(() => {
    remember();
    reload();
  }, wait + random() * SPREAD);
}

export class VersionWatch {
  #timer = 0;

  /**
   * @param {string} own version of this page
   * @param {() => void} reload
   */
  constructor(own, reload, random = Math.random) {
    Object.assign(this, { own, reload, random });
  }

  check(version) {
    if (version === this.own) {
      clearTimeout(this.#timer);
      this.#timer = 0;
    } else this.#timer ||= reloadWhenAllowed(this.reload, this.random);
  }
}
