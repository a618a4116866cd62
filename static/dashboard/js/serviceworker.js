// Shows wallboards while the server is away: what was loaded before is kept, and the page says the rest by itself.

const STORE = "wallboard";
const KEPT_AT_MOST = 400;
const PATIENCE = 10_000;
// Names with a hash of their contents, which never change.
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const PAGE = /^\/(wallboards|rotate)\/.+\/$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(HASHED.test(pathname) ? kept(request) : fresh(request));
  else if (request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(page(request));
});

/** A page tells what it consists of: what was loaded before this worker was there is fetched once more. */
self.addEventListener("message", (event) => {
  if (event.data?.type === "keep") event.waitUntil(keep(event.data.addresses));
});

async function keep(addresses) {
  const store = await caches.open(STORE);
  for (const address of addresses) {
    if (await store.match(address)) continue;
    const response = await fetch(address).catch(() => null);
    if (response?.ok && !response.redirected) await store.put(address, response);
  }
  const all = await store.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - KEPT_AT_MOST)).map((one) => store.delete(one)));
}

async function kept(request) {
  const store = await caches.open(STORE);
  return (await store.match(request)) ?? remember(store, request, await fetch(request));
}

async function fresh(request) {
  const store = await caches.open(STORE);
  try {
    return await remember(store, request, await fetch(request));
  } catch (error) {
    const old = await store.match(request);
    if (old) return old;
    throw error;
  }
}

async function page(request) {
  const store = await caches.open(STORE);
  const shell = async () => (await store.match(request)) ?? (await store.match(request, { ignoreSearch: true }));
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    // A proxy without its server behind it, or a server in trouble: the page that is kept comes back by itself.
    if (response.status >= 500) return (await shell()) ?? response;
    // Signed out, forbidden or removed: then what was kept is not for this screen any more.
    if (!response.ok) await store.delete(request, { ignoreSearch: true });
    return await remember(store, request, response);
  } catch (error) {
    const old = await shell();
    if (old) return old;
    throw error;
  }
}

async function remember(store, request, response) {
  if (response.ok && response.type === "basic" && !response.redirected) await store.put(request, response.clone());
  return response;
}
