// What a wallboard can do without at first: fetched once its values are on screen.

/** How long the values are waited for, ms: without a server there are none, and the screen has to say so. */
const PATIENCE = 1_500;
const AGAIN = 5_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A screen on a wall is not reloaded because a file did not come at once. */
async function fetched(load) {
  for (;;) {
    try {
      return await load();
    } catch {
      await pause(AGAIN);
    }
  }
}

/** Starts what a screen on a wall does by itself, and what people do with a board; `parts` is what both are joined to. The
 * document says `data-complete` then. */
export async function startLater(parts) {
  await Promise.race([parts.board.filled, pause(PATIENCE)]);
  const [{ startTv }, { startPeople }] = await Promise.all([
    fetched(() => import("./tv.js")),
    fetched(() => import("./people.js")),
  ]);
  startTv(parts);
  startPeople(parts);
  document.documentElement.dataset.complete = "";
}
