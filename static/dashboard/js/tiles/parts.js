// What the tiles share: elements, and how one value of one series is to be shown.

import { formatClock, formatValue } from "../format.js";

export const MARKS = { warning: "▲", critical: "◆" };
const RANK = { normal: 0, warning: 1, critical: 2 };

/** A new element with classes and children; text goes in as text. */
export function el(name, className = "", ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Writes only what differs, so that a quiet tile costs no layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setData(element, values) {
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined) delete element.dataset[key];
    else if (element.dataset[key] !== String(value)) element.dataset[key] = String(value);
  }
}

/** Makes `list` hold exactly `count` children, made by `make`. */
export function setCount(list, count, make) {
  while (list.children.length > count) list.lastElementChild.remove();
  while (list.children.length < count) list.append(make());
}

/** Whether an update can have changed values or levels, and not only points or colours. */
export function changesValues(ids, why) {
  return ids === null || ids === undefined ? why !== "theme" : why !== "theme" && why !== "history";
}

const NOTES = {
  pending: (value, word) => word("waiting"),
  rejected: (value, word) => value.reason || word("no_reason"),
  unknown: (value, word) => value.reason || word("no_connection"),
};
const SIGNS = { pending: "…", rejected: "—", unknown: "—" };

/**
 * Everything about showing series `id` in `tile`: `{value, at, state, level, text, unit, number, note, mark}`.
 * `state` is live, late, stale, unknown, pending or rejected; `number` is null where there is nothing to draw;
 * `note` says why a sign stands for a value, or from when it is; `mark` is ▲ or ◆ with a level.
 */
export function present(tile, id, context) {
  const reading = context.value(id) ?? { value: null, at: null, state: "pending", reason: "" };
  const series = context.series(id);
  const state = reading.state === "ok" ? "live" : reading.state;
  const held = state === "live" || state === "late";
  const level = (held && context.level(tile.id, id)?.level) || "normal";
  const shown = { value: reading.value, at: reading.at, state, level, unit: "", note: "", mark: MARKS[level] ?? "" };
  shown.reason = reading.reason ?? "";
  shown.number = !SIGNS[state] && typeof reading.value === "number" ? reading.value : null;
  if (SIGNS[state]) {
    shown.text = SIGNS[state];
    shown.note = NOTES[state](shown, context.word);
  } else if (reading.value === null) {
    shown.text = context.word("not_applicable");
  } else {
    const decimals = tile.decimals ?? series?.decimals ?? null;
    Object.assign(shown, formatValue(reading.value, series?.unit, { decimals, locale: context.locale, word: context.word }));
  }
  const asOf = reading.asOf ?? reading.at;
  if (!shown.note && state !== "live" && asOf) {
    shown.note = context.word("as_of", { time: formatClock(asOf, context.timezone, context.locale) });
  }
  return shown;
}

/** Marks `element` as the place of a value, as the page and its tests expect it. */
export function markValue(element, id, shown) {
  setData(element, { series: id, value: JSON.stringify(shown.value ?? null), state: shown.state, level: shown.level });
  element.classList.toggle("empty", shown.number === null && typeof shown.value !== "object" && shown.text.length <= 3);
}

export function worst(levels) {
  return levels.reduce((one, other) => (RANK[other] > RANK[one] ? other : one), "normal");
}

/** What tells a tile's series apart: the object where the statistic is the same, the statistic where the object is. */
export function titles(tile, context) {
  const all = tile.series.map((id) => context.series(id));
  const one = (key) => new Set(all.map(key)).size <= 1;
  const sameStatistic = one((series) => series?.statistic);
  const sameObject = one((series) => series?.object?.name);
  return all.map((series) => {
    if (!series) return "";
    if (sameStatistic) return series.object.title;
    return sameObject ? series.title : `${series.object.title} ${series.title}`;
  });
}

/** A tile's goal in words and, for narrow tiles, in figures; thresholds say which side of it is good. */
export function goalElement(tile, unit, context) {
  const { goal } = tile.options;
  if (goal === null || goal === undefined) return el("span", "tb-goal");
  const sign = { above: "≤ ", below: "≥ " }[tile.thresholds?.direction] ?? "";
  const decimals = Number.isInteger(goal) ? 0 : (tile.decimals ?? 1);
  const formatted = formatValue(goal, unit, { decimals, locale: context.locale });
  const value = `${sign}${formatted.text}${formatted.unit ? ` ${formatted.unit}` : ""}`;
  return el("span", "tb-goal", el("span", "long", context.word("goal", { value })), el("span", "short", value));
}
