// Reloads a page that never started, such as after one of its modules did not come: a screen on a wall has nobody to do it.
// A script of its own and no module, so that it runs whatever becomes of those.

(() => {
  const KEY = "wallboard:revived";
  const PATIENCE = 30_000;
  // A page that no reload helps.
  const RARELY = 300_000;
  const AGAIN = 5_000;

  function revivedAt() {
    try {
      return Number(sessionStorage.getItem(KEY) ?? 0);
    } catch {
      return 0;
    }
  }

  function remember() {
    try {
      sessionStorage.setItem(KEY, String(Date.now()));
    } catch {
      // Then it is as patient the next time as it was now.
    }
  }

  async function served() {
    try {
      return (await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10_000) })).ok;
    } catch {
      return false;
    }
  }

  async function look() {
    if ("started" in document.documentElement.dataset) return;
    if (await served()) {
      remember();
      location.reload();
    } else setTimeout(look, AGAIN);
  }

  setTimeout(look, Date.now() - revivedAt() < 2 * RARELY ? RARELY : PATIENCE);
})();
