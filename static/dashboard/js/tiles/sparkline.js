// The last hour of one series, without axes; the threshold line is the only thing to read.

import { chart, roleColor } from "./chart.js";
import { el } from "./parts.js";
import { points, valueRange } from "./lines.js";

const WINDOW_MS = 3_600_000;
const PACE_MS = 10_000;

/** Limits to draw: the critical one only when the hour has passed the warning, since its colour says “look here”. */
function limitsOf(values, thresholds) {
  const { direction, warning, critical } = thresholds ?? {};
  const known = values.filter((value) => value !== null);
  const passed = direction === "below" ? Math.min(...known) <= warning : Math.max(...known) >= warning;
  return { warning, critical: typeof warning !== "number" || passed ? critical : undefined };
}

export function sparkline(strip, tile, context) {
  const holder = el("div", "tb-spark");
  holder.setAttribute("aria-hidden", "true");
  strip.append(holder);
  const [id] = tile.series;
  const graph = chart(holder, tile, context, {
    pace: PACE_MS,
    fill(figure) {
      const now = context.now();
      const [x, y] = points(id, now - WINDOW_MS, now, context);
      Object.assign(figure.data[0], { x, y, line: { ...figure.data[0].line, color: roleColor(holder, "spark") } });
      // On a critical tile, which is inverted, a limit would be drawn in the colour of the ground.
      const inverted = roleColor(holder, "tile") === roleColor(holder, "critical");
      const line = inverted ? { color: roleColor(holder, "value") } : undefined;
      const limits = limitsOf(y, tile.thresholds);
      const shown = tile.figure.layout.shapes?.filter((shape) => typeof limits[shape.templateitemname] === "number");
      figure.layout.shapes = shown?.map((shape) => ({ ...shape, opacity: 0.7, ...(line && { line }) }));
      figure.layout.xaxis = { ...figure.layout.xaxis, range: [now - WINDOW_MS, now] };
      figure.layout.yaxis = { ...figure.layout.yaxis, range: valueRange([y], limits, {}) };
    },
  });
  graph.update();
  return {
    update: (why) => (why === "theme" ? graph.redraw() : graph.update()),
    resize: () => graph.redraw(),
    destroy: () => graph.destroy(),
  };
}
