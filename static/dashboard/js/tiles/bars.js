// Lengths compared: name, bar, value in one row each, the exceptions in colour.

import { chart, roleColor } from "./chart.js";
import { emWidth, setScale, smallType } from "./fit.js";
import { pageAt, pageDots, share } from "./pages.js";
import { changesValues, el, markValue, present, setCount, setText, titles } from "./parts.js";

const SORTS = {
  value: (one, other) => (other.shown.number ?? -Infinity) - (one.shown.number ?? -Infinity),
  title: (one, other) => one.name.localeCompare(other.name),
  none: () => 0,
};

export function create(body, tile, context) {
  body.classList.add("tb", "tb-bars");
  const names = titles(tile, context);
  const holder = el("div", "tb-plot");
  holder.setAttribute("aria-hidden", "true");
  const list = el("div", "tb-rows");
  const dots = pageDots(context);
  body.append(el("div", "tb-stage", list, holder), dots.element);
  let rows = [];
  let visible = [];
  let page = -1;
  let fits = tile.options.limit;

  function measure() {
    const [width, height] = [body.clientWidth, body.clientHeight];
    if (!height) return;
    const small = smallType(body);
    const wanted = Math.min(tile.series.length, tile.options.limit);
    const longest = Math.max(...names.map(emWidth)) + 7.5;
    const size = small * setScale(body, (one) => height >= wanted * small * one * 1.5 && width >= longest * small * one);
    const most = (free) => Math.max(1, Math.floor(free / (size * 1.25)));
    fits = Math.min(tile.options.limit, most(height));
    if (fits < tile.series.length) fits = Math.min(tile.options.limit, most(height - size * 0.6));
    fits = share(tile.series.length, fits);
  }

  function turn(now) {
    const count = Math.ceil(rows.length / fits);
    page = pageAt(now, count);
    visible = rows.slice(page * fits, (page + 1) * fits);
    dots.show(page, count);
    setCount(list, visible.length, () =>
      el("div", "tb-row", el("span", "tb-row-name"), el("span", "tb-row-gap"), el("span", "tb-mark"), el("span", "tb-row-value")),
    );
    visible.forEach(({ id, name, shown }, index) => {
      const [label, , mark, value] = list.children[index].children;
      setText(label, name);
      label.title = name;
      setText(mark, shown.mark);
      setText(value, shown.text + (shown.unit && ` ${shown.unit}`));
      value.title = shown.note;
      markValue(value, id, shown);
    });
    graph.update();
  }

  function show() {
    rows = tile.series.map((id, index) => ({ id, name: names[index], shown: present(tile, id, context) }));
    rows.sort(SORTS[tile.options.sort]);
    const texts = rows.map(({ shown }) => emWidth(shown.text) + (shown.unit ? 1.2 : 0) + (shown.mark ? 1.1 : 0));
    body.style.setProperty("--side", (Math.max(1, ...texts) + 0.5).toFixed(1));
    body.style.setProperty("--names", (Math.max(...names.map(emWidth)) + 0.5).toFixed(1));
    turn(context.now());
  }

  const graph = chart(holder, tile, context, {
    fill(figure) {
      const all = rows.map(({ shown }) => shown.number ?? 0);
      const limits = [tile.thresholds?.warning, tile.thresholds?.critical].filter((limit) => typeof limit === "number");
      let high = Math.max(...all, 0);
      for (const limit of limits) if (limit <= high * 1.5) high = Math.max(high, limit);
      const colors = visible.map(({ shown }) =>
        roleColor(holder, shown.state === "stale" ? "stale" : shown.level === "normal" ? "bar" : shown.level),
      );
      const trace = figure.data[0];
      trace.x = visible.map(({ shown }) => shown.number);
      trace.y = visible.map((row, index) => -index);
      trace.marker = { color: colors, pattern: { shape: visible.map(({ shown }) => (shown.state === "stale" ? "/" : "")) } };
      figure.layout.xaxis = { ...figure.layout.xaxis, range: [Math.min(0, ...all), high * 1.02 || 1] };
      figure.layout.yaxis = { ...figure.layout.yaxis, range: [0.5 - Math.max(1, visible.length), 0.5] };
    },
  });

  measure();
  show();
  return {
    update(ids, why) {
      if (changesValues(ids, why)) show();
      if (why === "theme") graph.redraw();
    },
    tick(now) {
      if (pageAt(now, Math.ceil(rows.length / fits)) !== page) turn(now);
    },
    resize() {
      measure();
      turn(context.now());
      graph.redraw();
    },
    destroy: () => graph.destroy(),
  };
}
