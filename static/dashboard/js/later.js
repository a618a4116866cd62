// What a wallboard can do without at first: fetched once its values are on screen.

/** How long the values are waited for, ms: without a server there are none, and the screen has to say so. */
const PATIENCE = 1_500;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Starts what a screen on a wall does by itself, and what people do with a board; `parts` is what both are joined to. The
 * document says `data-complete` then.
 * @param {() => void} missing called where a file did not come: browsers remember that, and only a new page asks again
 */
export async function startLater(parts, missing) {
  await Promise.race([parts.board.filled, pause(PATIENCE)]);
  const came = await Promise.all([
    begun(() => import("./tv.js"), ({ startTv }) => startTv(parts)),
    begun(() => import("./people.js"), ({ startPeople }) => startPeople(parts)),
  ]);
  if (came.every(Boolean)) document.documentElement.dataset.complete = "";
  else missing();
}

/** Whether it was there; what fails in it is no reason to leave the other out. */
async function begun(load, start) {
  let loaded;
  try {
    loaded = await load();
  } catch (error) {
    console.error(error);
    return false;
  }
  try {
    start(loaded);
  } catch (error) {
    console.error(error);
  }
  return true;
}
