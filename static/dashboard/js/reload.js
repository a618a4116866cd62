// Reloads the page without leaving a browser's error page, which nobody would take away from a wall.

const AGAIN = 5_000;

/** Reloads once the server answers; what the new page loads first is fetched ahead, so that it is on screen at once. */
export async function reloadGently(page = location) {
  for (;;) {
    const html = await served(page.href);
    if (html !== null) {
      await fetchAhead(html);
      page.reload();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

async function served(address) {
  try {
    const response = await fetch(address, { cache: "no-store" });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

function fetchAhead(html) {
  const found = new DOMParser().parseFromString(html, "text/html").querySelectorAll("link[href], script[src]");
  const addresses = [...found].map((one) => new URL(one.getAttribute("href") ?? one.getAttribute("src"), location.href));
  const own = addresses.filter(({ origin, protocol }) => origin === location.origin && protocol.startsWith("http"));
  return Promise.allSettled(own.map((address) => fetch(address)));
}
