// The mark and word under a tile: what is wrong with its data first, then how its values are judged.

import { formatAge, formatClock } from "./format.js";

const MARKS = {
  late: "◷",
  stale: "◷",
  unknown: "—",
  pending: "○",
  rejected: "✕",
  warning: "▲",
  critical: "◆",
};

const ONE_VALUE = new Set(["number", "gauge"]);

/** @returns {{mark: string, text: string}[]} */
export function describeFoot(tile, { state, count, level }, model, context) {
  const outdated = state === "stale" || state === "unknown";
  const parts = [];
  if (state !== "live") parts.push({ mark: MARKS[state], text: stateText(tile, state, count, model, context) });
  if (level !== "normal" && !outdated) {
    parts.unshift({ mark: MARKS[level], text: levelText(tile, level, model, context) });
  }
  return parts;
}

function stateText(tile, state, count, model, { word, timezone, locale, now }) {
  const all = tile.series.length;
  if (count < all) return word(`part_${state}`, { count, all });
  const values = tile.series.map((id) => model.value(id)).filter(Boolean);
  const times = values.map((value) => value.asOf).filter(Boolean);
  const asOf = times.length ? Math.min(...times) : null;
  // Since when nothing is known at all is a matter of minutes.
  const time = asOf && formatClock(asOf, timezone, locale, state !== "unknown");
  const reason = values.find((value) => value.reason)?.reason ?? "";
  // A tile of one value has the whole reason in its body.
  if (state === "rejected" && ONE_VALUE.has(tile.kind)) return word("rejected_short");
  if (state === "late") return asOf ? `${word("late")} ${formatAge(now() - asOf, locale)}` : word("late");
  if ((state === "unknown" && !time) || (state === "rejected" && !reason)) return word(`${state}_plain`);
  return word(state, { time, reason });
}

/** With several series it names the first one meant, so that the word is not colour's twin only. */
function levelText(tile, level, model, { word }) {
  if (tile.series.length === 1) return word(level);
  const meant = tile.series.filter((id) => model.level(tile.id, id)?.level === level);
  const first = model.series[meant[0]];
  const name = first?.object?.title || first?.title;
  const more = meant.length > 1 ? ` +${meant.length - 1}` : "";
  return name ? `${word(level)}: ${name}${more}` : word(level);
}
