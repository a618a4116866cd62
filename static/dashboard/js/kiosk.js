// The page as a screen on a wall: full screen, and a pointer that does not stay in the picture.

const POINTER_RESTS_AFTER = 3_000;

/** The document that can be full screen: a rotation's, where this page is its frame. */
function outer() {
  return globalThis.frameElement?.ownerDocument ?? document;
}

/** Whether nobody sits in front of it: kiosk, a frame of a rotation, or full screen. */
export function onWall() {
  return document.body.hasAttribute("data-kiosk") || outer().fullscreenElement !== null;
}

/** Full screen on, or off again; a browser that refuses leaves everything as it is. */
export function toggleFullScreen() {
  const { fullscreenElement, documentElement } = outer();
  const asked = fullscreenElement ? outer().exitFullscreen() : documentElement.requestFullscreen?.();
  asked?.catch(() => {});
}

/** Hides the pointer of a screen on a wall once it rests. */
export function hideRestingPointer(root = document.documentElement) {
  let timer = 0;
  const rest = () => root.toggleAttribute("data-pointer-rests", onWall());
  addEventListener("pointermove", () => {
    root.removeAttribute("data-pointer-rests");
    clearTimeout(timer);
    timer = setTimeout(rest, POINTER_RESTS_AFTER);
  });
  // Its own document's only: a rotation's page would hold on to a frame for ever through what it listens with.
  document.addEventListener("fullscreenchange", rest);
}
