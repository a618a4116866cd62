// Moves the picture by a small step each minute, so that no edge stands at the same place for weeks.

const STEP = 60_000;
// Steps to each side; the style sheet says how long a step is.
const REACH = 3;

/**
 * Where the picture stands at a moment: line by line over a square and back the same way, one step at a time.
 * @returns {{x: number, y: number}} in steps, from -3 to 3
 */
export function shiftAt(ms) {
  const side = 2 * REACH + 1;
  const last = side * side - 1;
  const turn = Math.floor(ms / STEP) % (2 * last);
  const place = turn <= last ? turn : 2 * last - turn;
  const row = Math.floor(place / side);
  const column = place % side;
  return { x: (row % 2 === 0 ? column : side - 1 - column) - REACH, y: row - REACH };
}

export class BurnInGuard {
  constructor(element) {
    this.element = element;
  }

  show(ms, guarded) {
    const { x, y } = guarded ? shiftAt(ms) : { x: 0, y: 0 };
    if (this.x === x && this.y === y) return;
    Object.assign(this, { x, y });
    this.element.style.setProperty("--shift-x", x);
    this.element.style.setProperty("--shift-y", y);
  }
}
