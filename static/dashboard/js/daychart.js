// The last day (or hour) of one series, drawn once with the pieces of the trend tile.

import { formatClock, formatValue } from "./format.js";
import { points, timeTicks, valueRange, valueTicks } from "./tiles/lines.js";
import { roleColor } from "./tiles/chart.js";

const CONFIG = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false };

const limitLine = (holder, level, y) => ({
  type: "line",
  xref: "paper",
  x0: 0,
  x1: 1,
  y0: y,
  y1: y,
  layer: "below",
  line: { color: roleColor(holder, level), width: 1.5, dash: level === "critical" ? "solid" : "dash" },
});

/**
 * Draws into `holder`, which has its size from the style sheet.
 * @param {{history: [number, number|null][], since: number, until: number, thresholds: object|null}} day
 */
export async function drawDay(holder, id, day, context) {
  const plotly = await context.plotly();
  if (!holder.isConnected) return;
  const series = context.series(id);
  const size = parseFloat(getComputedStyle(holder).fontSize);
  const [width, height] = [holder.clientWidth, holder.clientHeight];
  const [x, y] = points(id, day.since, day.until, { ...context, history: () => day.history });
  const range = valueRange([y], day.thresholds, {});
  const { unit } = series;
  const options = { decimals: series.decimals, locale: context.locale };
  const values = valueTicks(range, Math.max(2, Math.floor(height / (size * 2.4))), unit, context.locale);
  const left = Math.ceil((Math.max(...values.ticktext.map((text) => text.length)) * 0.58 + 0.6) * size);
  const times = timeTicks(day.since, day.until, Math.max(2, Math.floor((width - left) / (size * 4.2))), context);
  const text = y.map((value, index) => {
    const shown = value === null ? { text: "", unit: "" } : formatValue(value, unit, options);
    return `${shown.text} ${shown.unit} · ${formatClock(x[index], context.timezone, context.locale)}`;
  });
  const limits = ["warning", "critical"].filter((level) => {
    const limit = day.thresholds?.[level];
    return typeof limit === "number" && limit >= range[0] && limit <= range[1];
  });
  const axis = { type: "linear", fixedrange: true, zeroline: false };
  const line = { width: 2, shape: "hv" };
  const trace = { type: "scatter", mode: "lines", x, y, text, line, hovertemplate: "%{text}<extra></extra>", connectgaps: false };
  const layout = {
    ...{ width, height, autosize: false, showlegend: false, hovermode: "closest", template: context.template() },
    font: { size },
    margin: { l: left, r: Math.ceil(size * 1.4), t: Math.ceil(size * 0.6), b: Math.ceil(size * 1.7), pad: 0 },
    xaxis: { ...axis, ...times, range: [day.since, day.until], showgrid: false },
    yaxis: { ...axis, ...values, range },
    shapes: limits.map((level) => limitLine(holder, level, day.thresholds[level])),
  };
  await plotly.react(holder, [trace], layout, CONFIG);
}

/** Gives back what the chart holds. */
export function forgetDay(holder) {
  if (holder.data) globalThis.Plotly?.purge(holder);
}
