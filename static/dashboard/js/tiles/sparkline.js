// The last hour of one series, without axes; the threshold line is the only thing to read.

import { chart, roleColor } from "./chart.js";
import { el } from "./parts.js";
import { points, valueRange } from "./lines.js";

const WINDOW_MS = 3_600_000;
const PACE_MS = 10_000;

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
      figure.layout.shapes = tile.figure.layout.shapes?.map((shape) => ({ ...shape, ...(line && { line }) }));
      figure.layout.xaxis = { ...figure.layout.xaxis, range: [now - WINDOW_MS, now] };
      figure.layout.yaxis = { ...figure.layout.yaxis, range: valueRange([y], tile.thresholds, {}) };
    },
  });
  graph.update();
  return {
    update: (why) => (why === "theme" ? graph.redraw() : graph.update()),
    resize: () => graph.redraw(),
    destroy: () => graph.destroy(),
  };
}
