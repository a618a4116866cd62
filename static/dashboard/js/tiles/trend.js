// Lines over the last minutes, each labelled at its end with its name and value now.

import { chart } from "./chart.js";
import { emWidth, smallType } from "./fit.js";
import { points, timeTicks, valueRange, valueTicks } from "./lines.js";
import { changesValues, el, markValue, present, setText, titles } from "./parts.js";

/** A trend of an hour moves a pixel in some seconds; drawing it more often would be wasted. */
const paceOf = (minutes) => (minutes >= 30 ? 10_000 : 2000);

/** Moves labels apart that would overlap, in their order, within `height`. */
export function spread(tops, size, height) {
  const order = tops.map((top, index) => ({ top, index })).sort((one, other) => one.top - other.top);
  order.forEach((one, at) => (one.top = Math.max(one.top, at ? order[at - 1].top + size : 0)));
  let floor = height;
  for (const one of order.reverse()) {
    one.top = Math.max(0, Math.min(one.top, floor - size));
    floor = one.top;
  }
  return order.sort((one, other) => one.index - other.index).map((one) => one.top);
}

export function create(body, tile, context) {
  body.classList.add("tb", "tb-trend");
  const names = titles(tile, context);
  const units = new Set(tile.series.map((id) => context.series(id)?.unit));
  const unit = units.size === 1 ? [...units][0] : "number";
  const windowMs = tile.options.window * 60_000;
  const holder = el("div", "tb-plot");
  holder.setAttribute("aria-hidden", "true");
  const empty = el("p", "tb-empty");
  const labels = tile.series.map((id, index) => {
    const [name, value, mark] = [el("span", "tb-label-name", names[index]), el("span", "tb-label-value"), el("span", "tb-mark")];
    const label = el("div", "tb-label", el("i", "tb-swatch"), name, mark, value);
    label.title = names[index];
    return { label, value, mark };
  });
  const side = el("div", "tb-labels", ...labels.map(({ label }) => label));
  side.classList.toggle("single", labels.length === 1);
  body.append(el("div", "tb-stage", holder, empty), side);
  let range = [0, 1];

  function show() {
    let widest = 0;
    let silent = true;
    tile.series.forEach((id, index) => {
      const { label, value, mark } = labels[index];
      const shown = present(tile, id, context);
      const text = shown.text + (shown.unit && ` ${shown.unit}`);
      silent &&= (shown.state === "pending" || shown.state === "rejected") && !context.history(id)?.length;
      setText(value, text);
      setText(mark, shown.mark);
      markValue(value, id, shown);
      label.title = shown.note ? `${names[index]}: ${shown.note}` : names[index];
      widest = Math.max(widest, emWidth(text) + (shown.mark ? 1.1 : 0));
    });
    const named = labels.length > 1 ? Math.min(9, Math.max(...names.map((name) => emWidth(name, 400))) + 0.9) : 0;
    body.style.setProperty("--side", Math.max(widest + 1.2, named).toFixed(1));
    body.style.setProperty("--side-tight", (widest + named + 0.3).toFixed(1));
    // Without a single point the names take the place of the lines.
    body.classList.toggle("silent", silent);
  }

  /** Name above value, or beside it where the tile is too low for two lines each. */
  function measure() {
    side.classList.toggle("tight", labels.length > 1 && 2.3 * smallType(body) * labels.length > body.clientHeight);
  }

  function place(height, bottom) {
    const line = labels[0].label.offsetHeight;
    const [low, high] = range;
    const tops = tile.series.map((id) => {
      const { value } = context.value(id) ?? {};
      const share = typeof value === "number" ? (high - value) / (high - low) : 1;
      return Math.min(1, Math.max(0, share)) * (height - bottom) - line / 2;
    });
    spread(tops, line, height).forEach((top, index) => (labels[index].label.style.top = `${top.toFixed(0)}px`));
  }

  const graph = chart(holder, tile, context, {
    pace: paceOf(tile.options.window),
    fill(figure, { width, height }) {
      const now = context.now();
      const since = now - windowMs;
      const size = smallType(body);
      const [inWords, withValues] = [height > size * 5, width > size * 7];
      const all = tile.series.map((id) => points(id, since, now, context));
      range = valueRange(all.map(([, y]) => y), tile.thresholds, tile.options);
      const values = valueTicks(range, Math.max(2, Math.min(5, Math.floor(height / (size * 2.2)))), unit, context.locale);
      // A small tile shows its lines and their last values; an axis there would leave no room for either.
      const left = withValues ? Math.ceil((Math.max(...values.ticktext.map(emWidth)) + 0.6) * size) : 2;
      const bottom = inWords ? Math.ceil(size * 1.35) : 2;
      // The label of a tick is centred under it, and must not reach beyond the plot or under the values.
      const half = ((now - since) * size * 1.4) / Math.max(1, width - left);
      const times = timeTicks(since + half, now - half, Math.max(1, Math.floor((width - left) / (size * 3.2))), context);
      all.forEach(([x, y], index) => Object.assign(figure.data[index], { x, y }));
      const { layout } = figure;
      layout.font = { size };
      layout.margin = { l: left, r: 2, t: Math.ceil(size * (withValues ? 0.55 : 0.1)), b: bottom, pad: 0 };
      layout.xaxis = { ...layout.xaxis, ...times, range: [since, now], showticklabels: inWords };
      layout.yaxis = { ...layout.yaxis, ...values, range, showticklabels: withValues, ticklabelstandoff: Math.round(size * 0.15) };
      const colors = context.template().layout.colorway;
      labels.forEach(({ label }, index) => label.style.setProperty("--swatch", colors[index % colors.length]));
      const nothing = all.every(([, y]) => y.every((value) => value === null));
      body.classList.toggle("nothing", nothing);
      setText(empty, nothing ? context.word("no_points") : "");
      place(height, bottom);
    },
  });

  measure();
  show();
  graph.update();
  return {
    update(ids, why) {
      if (changesValues(ids, why)) show();
      if (why === "theme" || why === "history") graph.redraw();
      else graph.update();
    },
    tick() {},
    resize() {
      measure();
      graph.redraw();
    },
    destroy: () => graph.destroy(),
  };
}
