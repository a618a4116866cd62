// Sound off on this screen: remembered by the browser, the same in all of its windows and frames.

const KEY = "wallboard:muted";
let unstored = false;

export function muted() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return unstored;
  }
}

/** Sound off, or on again. @returns {boolean} whether it is off now */
export function toggleMute() {
  const off = !muted();
  try {
    if (off) localStorage.setItem(KEY, "yes");
    else localStorage.removeItem(KEY);
  } catch {
    unstored = off;
  }
  return off;
}
