// What a rotation's page can tell of the wallboards in its frames.

const DEAD_AFTER = 30_000;

function says(frame, name) {
  try {
    return frame?.contentDocument?.documentElement.hasAttribute(name) ?? false;
  } catch {
    // The browser's own error page.
    return false;
  }
}

/** Whether all of its values and charts are on screen. */
export const painted = (frame) => says(frame, "data-rendered");

/** An error page, one that somebody has to sign in on, or one whose socket was refused. */
export function dead(frame) {
  if (!frame) return false;
  return says(frame, "data-refused") || (!painted(frame) && Date.now() - frame.loadedAt >= DEAD_AFTER);
}
