// Mouse, pen and finger: a tile is dragged by itself and resized by its corner.

const STILL = 5;

export class Pointer {
  #drag = null;

  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {object} on `select(id)`, `try(id, place)`, `drop(id, place)` with null where it is given up, `busy(boolean)`
   */
  constructor(canvas, on) {
    Object.assign(this, { canvas, on });
    canvas.board.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.board.addEventListener("pointermove", (event) => this.#move(event));
    // On the window: a cell that is gone, or has lost the pointer, would leave the drag hanging.
    addEventListener("pointerup", (event) => this.#end(event, true));
    addEventListener("pointercancel", (event) => this.#end(event, false));
    addEventListener("lostpointercapture", (event) => !this.#drag?.cell.hasPointerCapture(event.pointerId) && this.#end(event, false));
    addEventListener("keydown", (event) => event.key === "Escape" && this.cancel());
  }

  #down(event) {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.button !== 0 || this.#drag) return;
    const id = cell.dataset.cell;
    const from = this.on.select(id);
    this.#drag = {
      id,
      from,
      cell,
      resizing: event.target.classList.contains("editor-handle"),
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      pitch: this.canvas.pitch,
      wanted: null,
      moved: false,
      at: "",
    };
    cell.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved) {
      if (Math.hypot(dx, dy) < STILL) return;
      drag.moved = true;
      drag.cell.classList.add("dragging");
      this.canvas.freeze(true);
      this.on.busy(true);
    }
    const [columns, rows] = [Math.round(dx / drag.pitch.x), Math.round(dy / drag.pitch.y)];
    if (drag.at === `${columns} ${rows}`) return;
    drag.at = `${columns} ${rows}`;
    const { x, y, w, h } = drag.from;
    drag.wanted = drag.resizing ? { x, y, w: w + columns, h: h + rows } : { x: x + columns, y: y + rows, w, h };
    this.on.try(drag.id, drag.wanted);
  }

  #end(event, dropped) {
    if (event.pointerId === this.#drag?.pointer) this.#release(dropped);
  }

  /** Gives a drag up, if there is one: the board under it is another now. */
  cancel() {
    if (this.#drag) this.#release(false);
  }

  #release(dropped) {
    const drag = this.#drag;
    this.#drag = null;
    drag.cell.classList.remove("dragging");
    if (!drag.moved) return;
    this.canvas.freeze(false);
    this.on.busy(false);
    this.on.drop(drag.id, dropped ? drag.wanted : null);
  }
}
