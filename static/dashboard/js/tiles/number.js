// One value, as large as the tile allows; below it the goal and the last hour.

import { emWidth, setEm } from "./fit.js";
import { changesValues, el, goalElement, markValue, present, setText } from "./parts.js";
import { channelsText } from "./roster.js";
import { sparkline } from "./sparkline.js";

const DIGIT = 0.57;
const LEAST = { count: 2 * DIGIT, percent: 2 * DIGIT + 0.5, seconds: 3 * DIGIT + 0.3 };

/** A value with its unit on one baseline, in a place of its own size (`.tb-area`); shared with the gauge. */
export function bigValue(tile, context) {
  const text = el("span", "tb-value");
  const unit = el("span", "tb-unit");
  const line = el("div", "tb-line", text, unit);
  const area = el("div", "tb-area", line);
  return {
    area,
    show(id) {
      const shown = present(tile, id, context);
      setText(text, shown.text);
      setText(unit, shown.unit);
      markValue(text, id, shown);
      line.dataset.state = shown.state;
      line.title = emWidth(shown.text) > 8 ? shown.text : "";
      setEm(line, shown.text, shown.unit, shown.number === null ? 0 : (LEAST[context.series(id)?.unit] ?? 0));
      return shown;
    },
  };
}

export function create(body, tile, context) {
  body.classList.add("tb", "tb-number");
  const [id] = tile.series;
  const value = bigValue(tile, context);
  const goal = goalElement(tile, context.series(id)?.unit, context);
  const note = el("span", "tb-note");
  const strip = el("div", "tb-strip", goal);
  const spark = tile.figure ? sparkline(strip, tile, context) : null;
  const stripped = spark !== null || goal.textContent !== "";
  body.append(value.area, note);

  function show() {
    const shown = value.show(id);
    // Without a value there is room for the whole reason; the frame's footer has one line.
    const { value: said } = shown;
    const why = shown.text === "—" ? shown.reason : [said?.reason, channelsText(said, context.word)].filter(Boolean).join(" · ");
    setText(note, why);
    note.title = why;
    body.classList.toggle("noted", why !== "");
    if (why || !stripped) strip.remove();
    else if (!strip.isConnected) body.append(strip);
  }

  show();
  return {
    update(ids, why) {
      if (changesValues(ids, why)) show();
      spark?.update(why);
    },
    tick() {},
    resize: () => spark?.resize(),
    destroy: () => spark?.destroy(),
  };
}
