// Reloads the page without leaving a browser's error page, which nobody would take away from a wall.

const AGAIN = 5_000;
const PATIENCE = 10_000;
/** So often is what belongs to the page asked for; then the page is loaded without: its address answers, after all. */
const TRIES = 3;
const MODULE = /["'](\.{1,2}\/[\w./-]+\.js)["']/g;

/** Reloads once the server answers; what the new page loads first is fetched ahead, so that it is on screen at once. */
export async function reloadGently(page = location) {
  for (let tries = 1; ; ) {
    const html = await served(page.href);
    if (html !== null && ((await fetchedAhead(html)) || tries++ >= TRIES)) {
      page.reload();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/** Has the browser keep these files, and the modules that they name, for a page that will want them. */
export async function fetchAhead(names) {
  const seen = new Set();
  for (const name of names) await fetchedWhole(name, location.href, seen);
}

/** @returns {Promise<string|null>} null where it cannot be had */
async function served(address, cache = "no-store") {
  try {
    const response = await fetch(address, { cache, signal: AbortSignal.timeout(PATIENCE) });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Whether all of it came. */
async function fetchedAhead(html) {
  const found = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("link[href], script[src]")];
  const seen = new Set();
  const names = found.map((one) => one.getAttribute("href") ?? one.getAttribute("src"));
  const came = await Promise.all(names.map((name) => fetchedWhole(name, location.href, seen)));
  return came.every(Boolean);
}

/** With the modules that a script names. */
async function fetchedWhole(name, base, seen) {
  const { href, origin, protocol } = new URL(name, base);
  if (origin !== location.origin || !protocol.startsWith("http") || seen.has(href)) return true;
  seen.add(href);
  const text = await served(href, "default");
  if (text === null || !href.includes("/dashboard/js/")) return text !== null;
  const came = await Promise.all([...text.matchAll(MODULE)].map(([, module]) => fetchedWhole(module, href, seen)));
  return came.every(Boolean);
}
