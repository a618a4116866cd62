// The keyboard on a tile: arrows move it, Shift and arrows resize it, Delete removes it, Enter opens its options.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const typing = (element) => element.closest?.("input, select, textarea, dialog") !== null;

/**
 * @param {object} on `step(id, dx, dy)`, `grow(id, dw, dh)`, `remove(id)`, `open(id)`, `duplicate(id)`, `select(id)`,
 *   `undo()`, `redo()`, `save()`
 */
export function listen(board, on) {
  board.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (cell) on.select(cell.dataset.cell);
  });
  board.addEventListener("keydown", (event) => {
    const id = event.target.dataset.cell;
    if (!id || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ARROWS[event.key]) (event.shiftKey ? on.grow : on.step)(id, ...ARROWS[event.key]);
    else if (event.key === "Delete" || event.key === "Backspace") on.remove(id);
    else if (event.key === "Enter" || event.key === " ") on.open(id);
    else return;
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const id = event.target.dataset?.cell;
    if (key === "s") on.save();
    else if (typing(event.target)) return;
    else if (key === "z") (event.shiftKey ? on.redo : on.undo)();
    else if (key === "y") on.redo();
    else if (key === "d" && id) on.duplicate(id);
    else return;
    event.preventDefault();
  });
}
