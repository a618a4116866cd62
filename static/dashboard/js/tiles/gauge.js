// A bullet: the value as text, its bar on the way from min to max, the goal as a hard line.

import { formatValue } from "../format.js";
import { chart, roleColor } from "./chart.js";
import { bigValue } from "./number.js";
import { changesValues, el, goalElement, setText } from "./parts.js";

export function create(body, tile, context) {
  body.classList.add("tb", "tb-gauge");
  const [id] = tile.series;
  const { min, max } = tile.options;
  const unit = context.series(id)?.unit;
  const value = bigValue(tile, context);
  const note = el("span", "tb-note");
  const holder = el("div", "tb-bullet");
  const end = (limit) => {
    const { text, unit: sign } = formatValue(limit, unit, { decimals: Number.isInteger(limit) ? 0 : 1, locale: context.locale });
    return el("span", "", text + (sign && ` ${sign}`));
  };
  const goal = goalElement(tile, unit, context);
  body.append(el("div", "tb-top", value.area, goal), note, holder, el("div", "tb-scale", end(min), end(max)));
  let shown = null;

  const graph = chart(holder, tile, context, {
    fill(figure, { height }) {
      const bounded = shown.number === null ? null : Math.min(Math.max(shown.number, min), max) - min;
      const role = { stale: "stale", unknown: "stale" }[shown.state] ?? (shown.level === "normal" ? "bar" : shown.level);
      const marker = { color: roleColor(holder, role), pattern: { shape: shown.state === "stale" ? "/" : "", size: height / 6 } };
      Object.assign(figure.data[0], { x: [bounded], marker });
    },
  });

  function show() {
    shown = value.show(id);
    const why = shown.text === "—" ? shown.reason : "";
    setText(note, why);
    note.title = why;
    body.classList.toggle("noted", why !== "");
  }

  show();
  graph.update();
  return {
    update(ids, why) {
      if (changesValues(ids, why)) show();
      if (why === "theme") graph.redraw();
      else if (why !== "history" || !ids) graph.update();
    },
    tick() {},
    resize: () => graph.redraw(),
    destroy: () => graph.destroy(),
  };
}
