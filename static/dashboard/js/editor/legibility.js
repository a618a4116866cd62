// How large text is to those who look at the wall, in minutes of arc. Pure.

/** Under this nobody reads it; the one value of a tile is to be read in passing. */
export const TEXT_LEAST = 16;
export const VALUE_LEAST = 40;
/** The height of a digit in em. */
const DIGIT = 0.72;
const INCH = 0.0254;
const ARC_MINUTE = Math.PI / 180 / 60;

/** The short side of a 16:9 screen in metres, of its diagonal in inches. */
export const shortSide = (diagonal) => (diagonal * INCH * 9) / Math.hypot(16, 9);

/** The height of a digit in minutes of arc; `share` is its type's size as a share of the screen's short side. */
export function arcMinutes(share, { diagonal, distance }) {
  const height = share * DIGIT * shortSide(diagonal);
  return (2 * Math.atan(height / 2 / distance)) / ARC_MINUTE;
}

/** From how far away, in metres, type of this share still has so many minutes of arc. */
export function readableFrom(share, minutes, { diagonal }) {
  return (share * DIGIT * shortSide(diagonal)) / (2 * Math.tan((minutes * ARC_MINUTE) / 2));
}

/**
 * What of a tile is too small.
 * @param {{text: number, value: number}} shares of its smallest text and of its one value; 0 where it has none
 * @returns {{what: "text"|"value", minutes: number, least: number, distance: number}|null} the worst; distance: from where it is not
 */
export function tooSmall({ text, value }, screen) {
  const found = [
    { what: "text", share: text, least: TEXT_LEAST },
    { what: "value", share: value, least: VALUE_LEAST },
  ]
    .filter(({ share }) => share > 0)
    .map(({ what, share, least }) => ({
      what,
      least,
      minutes: arcMinutes(share, screen),
      distance: readableFrom(share, least, screen),
    }))
    // What rounds to enough is enough.
    .filter(({ minutes, least }) => minutes < least - 0.5)
    .sort((one, other) => one.distance - other.distance);
  return found[0] ?? null;
}
