// Shows wallboards while the server is away: what was loaded before is kept, and the page says the rest by itself.
// A store that fails, as on a full disk, must not matter to a site that works: everything is then as without this worker.

const STORE = "wallboard";
/** What each kept page consists of: a list of addresses under that of the page. */
const PARTS = "wallboard-parts";
const PAGES_AT_MOST = 50;
const PATIENCE = 10_000;
const TRIES = 3;
// Names with a hash of their contents, which never change.
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const PAGE = /^\/(wallboards\/[^/]+|rotate\/[^/]+(\/[^/]+)?|screen(\/wallboards\/[^/]+)?)\/$/;
const SIGNING = /^\/((accounts|admin)\/(login|logout)|accounts\/genesys(\/callback)?)\/$/;
const FORGET = [401, 403, 404, 410];
const ALIKE = { ignoreVary: true };
const ANY_SEARCH = { ignoreVary: true, ignoreSearch: true };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  // What somebody saw is not for the next one.
  if (SIGNING.test(pathname) && (request.method === "POST" || request.mode === "navigate")) event.waitUntil(forgetPages());
  if (request.method !== "GET") return;
  if (pathname.startsWith("/static/")) event.respondWith(HASHED.test(pathname) ? kept(request) : fresh(request));
  else if (request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(page(request));
});

/** A page tells what it consists of: what was loaded before this worker was there is fetched once more. */
self.addEventListener("message", (event) => {
  if (event.data?.type === "keep") event.waitUntil(attempt(() => keep(event.data.addresses)));
});

/** @returns what `act` does, or undefined where it cannot */
async function attempt(act) {
  try {
    return await act();
  } catch {
    return undefined;
  }
}

const opened = () => attempt(() => caches.open(STORE));
const found = (store, request, how = ALIKE) => store && attempt(() => store.match(request, how));
const isPage = ({ url }) => !new URL(url).pathname.startsWith("/static/");

async function keep(addresses) {
  const store = await caches.open(STORE);
  for (const address of addresses) {
    if (await store.match(address, ALIKE)) continue;
    const response = await attempt(() => fetch(address));
    if (response) await remember(store, address, response);
  }
  const parts = await caches.open(PARTS);
  const [own] = addresses;
  const known = await (await parts.match(own))?.json();
  // The same page, loaded again: what comes late in it is known from before.
  if (!known || !addresses.every((one) => known.includes(one))) await parts.put(own, Response.json(addresses));
  await tidy(store, parts, addresses);
}

/** Takes out the oldest of too many pages, and every file that no kept page consists of. */
async function tidy(store, parts, addresses) {
  const all = await store.keys();
  const pages = all.filter(isPage).map(({ url }) => url);
  const extra = pages.slice(0, Math.max(0, pages.length - PAGES_AT_MOST)).filter((url) => !addresses.includes(url));
  const used = new Set(addresses);
  for (const part of await parts.keys()) {
    if (!pages.includes(part.url) || extra.includes(part.url)) await parts.delete(part);
    else for (const address of await (await parts.match(part)).json()) used.add(address);
  }
  const unused = all.filter((one) => (isPage(one) ? extra.includes(one.url) : !used.has(one.url)));
  await Promise.all(unused.map((one) => store.delete(one, ALIKE)));
}

async function forgetPages() {
  const store = await opened();
  const all = (await attempt(() => store.keys())) ?? [];
  await Promise.all(all.filter(isPage).map((one) => attempt(() => store.delete(one, ALIKE))));
}

async function kept(request) {
  const store = await opened();
  const old = await found(store, request);
  if (old) return old;
  for (let tries = 1; ; tries += 1) {
    try {
      return await remember(store, request, await fetch(request));
    } catch (error) {
      if (tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * tries));
    }
  }
}

async function fresh(request) {
  const store = await opened();
  try {
    return await remember(store, request, await fetch(request));
  } catch (error) {
    const old = await found(store, request);
    if (old) return old;
    throw error;
  }
}

async function page(request) {
  const store = await opened();
  const old = (await found(store, request)) ?? (await found(store, request, ANY_SEARCH));
  let response;
  try {
    response = await (old ? answeredSoon(request) : fetch(request));
  } catch (error) {
    if (old) return old;
    throw error;
  }
  // Signed out, forbidden or removed: then what was kept is not for this screen any more.
  if (FORGET.includes(response.status) || response.type === "opaqueredirect") {
    if (store) await attempt(() => store.delete(request, ANY_SEARCH));
  } else if (response.status >= 400 && old) return old;
  // A proxy without its server behind it, or a server in trouble: the page that is kept comes back by itself.
  return remember(store, request, response);
}

/** Fails where no answer begins in time; how long it takes then is not limited. */
async function answeredSoon(request) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: control.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Only what is whole is kept; never fails. */
async function remember(store, request, response) {
  const whole = response.status === 200 && response.type === "basic" && !response.redirected;
  if (store && whole) await attempt(() => store.put(request, response.clone()));
  return response;
}
