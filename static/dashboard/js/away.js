// The page while its server is away: kept by the service worker, it says by itself since when nothing came.

const KEY = "wallboard:heard";
const WRITTEN_EVERY = 5_000;

/** Has the service worker keep this page. Browsers allow it in secure contexts only; elsewhere it is off. */
export async function keepPage(container = navigator.serviceWorker) {
  if (!container) return;
  try {
    await container.register("/serviceworker.js");
  } catch {
    // A browser without storage has none; the page works all the same.
    return;
  }
  const { active } = await container.ready;
  const tell = () => active.postMessage({ type: "keep", addresses: addresses() });
  tell();
  // The charts' library comes last.
  setTimeout(tell, 15_000);
}

function addresses() {
  const own = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(`${location.origin}/static/`));
  return [location.origin + location.pathname + location.search, ...own.map(({ name }) => name)];
}

/** When this browser last heard of the server, kept over reloads. */
export class LastHeard {
  #written = 0;

  constructor(storage = null) {
    Object.assign(this, { storage });
  }

  get #store() {
    return this.storage ?? localStorage;
  }

  note(ms) {
    if (ms - this.#written < WRITTEN_EVERY) return;
    this.#written = ms;
    try {
      this.#store.setItem(KEY, String(ms));
    } catch {
      // A full disk, or a browser without storage: then it is not known after a reload.
    }
  }

  /** @returns {number|null} ms */
  get at() {
    try {
      return Number(this.#store.getItem(KEY)) || null;
    } catch {
      return this.#written || null;
    }
  }
}
