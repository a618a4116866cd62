// Shares of a whole: the ring, its total in the middle, and the words beside it in the order of the slices.

import { formatValue, stateWord } from "../format.js";
import { chart, roleColor } from "./chart.js";
import { emWidth, setEm, setScale, smallType } from "./fit.js";
import { changesValues, el, markValue, present, setCount, setText, titles } from "./parts.js";
import { rankOf, roleOf } from "./roster.js";

/** `[{name, count, id}]` of at most `limit` slices, the largest first, the rest together as `other`. */
export function slices(all, limit, other) {
  const sorted = all.filter(({ count }) => count > 0).sort((one, two) => two.count - one.count);
  if (sorted.length <= limit) return sorted;
  const rest = sorted.slice(limit).reduce((sum, { count }) => sum + count, 0);
  return [...sorted.slice(0, limit), { name: other, key: "", count: rest, id: null }];
}

/** The members of a group's state, counted by state. */
function byState(value, word) {
  const counts = new Map(Object.entries(value?.counts ?? {}));
  for (const { state } of value?.agents ?? []) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => ({ name: stateWord(state, word), key: state, count, id: null }));
}

export function create(body, tile, context) {
  body.classList.add("tb", "tb-donut");
  const names = titles(tile, context);
  const group = context.series(tile.series[0])?.unit === "state";
  const unit = group ? "count" : context.series(tile.series[0])?.unit;
  const holder = el("div", "tb-plot");
  holder.setAttribute("aria-hidden", "true");
  const total = el("span", "tb-total");
  const list = el("ul", "tb-slices");
  const ring = el("div", "tb-ring", holder, el("div", "tb-middle", total));
  body.append(ring, list);
  // A slice keeps its colour while others come and go.
  const order = new Map(names.map((name, index) => [name, index]));
  const colorOf = (key) => {
    const colors = context.template().layout.colorway;
    if (key === "") return roleColor(body, "stale");
    if (group) return roleColor(body, roleOf(key));
    return colors[order.get(key) % colors.length];
  };
  let shares = [];
  let old = false;
  let linesFit = tile.options.limit + 1;

  /** As many slices as the list beside the ring has lines for; a tall tile has it below. */
  function limitOf(count) {
    const { limit } = tile.options;
    const [width, height] = [body.clientWidth, body.clientHeight];
    if (!height) return limit;
    const small = smallType(body);
    const tall = height > width * 1.1;
    body.classList.toggle("tall", tall);
    const free = tall ? height - ring.offsetHeight : height;
    const lines = Math.min(count, limit + 1);
    const scale = setScale(body, (one) => free >= lines * small * one * 1.2 && (tall ? width : width * 0.5) >= 8.5 * small * one);
    const fits = Math.floor(free / (small * scale * 1.2));
    linesFit = fits;
    return Math.max(1, Math.min(limit, count > fits ? fits - 1 : fits));
  }

  /** The ring leaves the words beside it the room that they need. */
  function setLegend(parts) {
    const widest = (texts) => Math.max(0, ...texts);
    const values = [...list.querySelectorAll(".tb-slice-value")].map((one) => emWidth(one.textContent));
    const mark = parts.some(({ shown }) => shown?.mark) ? 1.2 : 0;
    const legend = widest(parts.map(({ name }) => emWidth(name, 400))) + widest(values) + mark + 1.5;
    body.style.setProperty("--legend", legend.toFixed(1));
  }

  function show() {
    const all = tile.series.map((id) => present(tile, id, context));
    old = all.some(({ state }) => state === "stale" || state === "unknown");
    const parts = group
      ? byState(all[0].text === "—" ? null : all[0].value, context.word)
      : all.map((shown, index) => ({ name: names[index], key: names[index], count: shown.number ?? 0, id: tile.series[index], shown }));
    shares = slices(parts, limitOf(parts.length), context.word("other"));
    // States keep their places around the ring while their numbers change.
    if (group) shares.sort((one, two) => (one.key === "") - (two.key === "") || rankOf(one.key) - rankOf(two.key));
    const missing = all.every(({ number, value }) => (group ? !value?.agents && !value?.counts : number === null));
    const sum = shares.reduce((before, { count }) => before + count, 0);
    const format = (value) => formatValue(value, unit, { decimals: tile.decimals, locale: context.locale });
    setText(total, missing ? all[0].text : format(sum).text);
    setEm(total, total.textContent, "", 1.2);
    if (group) markValue(total, tile.series[0], all[0]);
    total.dataset.state = all[0].state;
    const unshown = group ? [] : parts.filter(({ shown }) => shown.number === null).slice(0, Math.max(0, linesFit - shares.length));
    setCount(list, shares.length + unshown.length, () =>
      el("li", "tb-slice", el("i", "tb-swatch"), el("span", "tb-slice-name"), el("span", "tb-mark"), el("span", "tb-slice-value")),
    );
    [...shares, ...unshown].forEach((part, index) => {
      const [swatch, name, mark, value] = list.children[index].children;
      swatch.style.setProperty("--swatch", part.shown?.number === null ? "transparent" : colorOf(part.key));
      setText(name, part.name);
      name.title = part.name;
      setText(mark, part.shown?.mark ?? "");
      setText(value, part.shown ? part.shown.text : format(part.count).text);
      value.title = part.shown?.note ?? "";
      if (part.id !== null) markValue(value, part.id, part.shown);
      else if (group) value.dataset.state = all[0].state;
    });
    setLegend([...shares, ...unshown]);
    if (missing && !list.children.length) list.append(el("li", "tb-note", all[0].note || context.word("nothing")));
    graph.update();
  }

  const graph = chart(holder, tile, context, {
    fill(figure) {
      const trace = figure.data[0];
      trace.values = shares.length ? shares.map(({ count }) => count) : [1];
      trace.labels = shares.length ? shares.map(({ name }, index) => `${index} ${name}`) : [""];
      const colors = shares.length ? shares.map(({ key }) => colorOf(key)) : [roleColor(body, "line")];
      trace.marker = { ...trace.marker, colors, line: { color: roleColor(body, "tile"), width: 2 } };
      trace.opacity = old ? 0.45 : 1;
    },
  });

  show();
  return {
    update(ids, why) {
      if (changesValues(ids, why) || why === "theme") show();
      if (why === "theme") graph.redraw();
    },
    tick() {},
    resize() {
      show();
      graph.redraw();
    },
    destroy: () => graph.destroy(),
  };
}
