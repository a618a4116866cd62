// What is behind a number, in terms and words; pure but for the context's readers.

import { zoneName } from "./clock.js";
import { formatAge, formatClock, formatValue, stateWord } from "./format.js";

const filled = (parts) => parts.filter(Boolean);

function written(value, unit, { locale }, decimals = null) {
  const places = decimals ?? (Number.isInteger(value) ? 0 : 1);
  const { text, unit: sign } = formatValue(value, unit, { decimals: places, locale });
  return sign ? `${text} ${sign}` : text;
}

/** Thresholds as people say them, or “none”. */
export function thresholdText(thresholds, unit, context, ofTile = false) {
  const { word } = context;
  if (!thresholds) return word("none");
  const { direction, clear, hold } = thresholds;
  const key = direction === "below" ? "at_most" : "at_least";
  const levels = ["warning", "critical"].filter((level) => typeof thresholds[level] === "number");
  return filled([
    ...levels.map((level) => word(key, { level: word(level), value: written(thresholds[level], unit, context) })),
    clear && word("clear_by", { value: written(clear, unit, context) }),
    hold && word("hold_for", { seconds: hold }),
    ofTile && word("of_tile"),
  ]).join("; ");
}

function statisticText({ genesys, definition }, word) {
  if (genesys) return genesys;
  const { category, subject, mainMask, relativeMask } = definition ?? {};
  const masks = filled([mainMask, relativeMask]).join(" / ");
  return `${filled([category, subject, masks]).join(" · ")} (${word("own_definition")})`;
}

/** “21 Nov 2025, 14:00:07 CET”: a moment for whoever reads it elsewhere, and later. */
export function stampText(ms, { locale, timezone }) {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: timezone }).format(ms);
  return `${day}, ${formatClock(ms, timezone, locale)} ${zoneName(timezone, locale, ms)}`;
}

/** “13:59:56, 4 s ago”, with the day where it is not today's. */
export function momentText(ms, { word, timezone, locale, now }) {
  const day = { dateStyle: "medium", timeZone: timezone };
  const format = new Intl.DateTimeFormat(locale, day);
  const clock = formatClock(ms, timezone, locale);
  const time = format.format(ms) === format.format(now()) ? clock : `${format.format(ms)}, ${clock}`;
  return word("ago", { time, age: formatAge(now() - ms) });
}

/**
 * @param {object|null} about what the server told of the series; null where it is not asked
 * @param {number|null} changed when the value became what it is, epoch ms
 * @returns {{term: string, text: string}[]}
 */
export function facts(tile, series, about, changed, context) {
  const { word, timezone, locale } = context;
  const { object, unit } = series;
  const fact = (name, text) => ({ term: word(`fact_${name}`), text });
  const type = word(`type_${object.type}`);
  const kind = type.startsWith("type_") ? object.type : type;
  const { goal, limits } = tile.options ?? {};
  const overs = Object.entries(limits ?? {}).map(([state, seconds]) =>
    word("over", { state: stateWord(state, word), value: written(seconds, "seconds", context) }),
  );
  const first = about?.history?.[0]?.[0];
  const unchanged = first ? word("unchanged_since", { time: formatClock(first, timezone, locale, false) }) : "—";
  const thresholds = about ? about.thresholds : tile.thresholds;
  return filled([
    fact("statistic", about ? statisticText(about.statistic, word) : series.statistic),
    fact("object", `${object.title}: ${kind} ${object.id}`.trim()),
    fact("connection", series.connection),
    unit !== "state" && unit !== "text" && fact("thresholds", thresholdText(thresholds, unit, context, about?.thresholds && about.thresholds_of === "tile")),
    typeof goal === "number" && fact("goal", written(goal, unit, context)),
    overs.length > 0 && fact("limits", overs.join("; ")),
    fact("changed", changed ? momentText(changed, context) : unchanged),
  ]);
}

/** What someone does on each channel, or how many of a group do what; empty for anything but states. */
export function stateLines(value, { word, timezone, locale }) {
  if (!value || typeof value !== "object") return [];
  const since = (state, ms) =>
    ms ? word("since_when", { state: stateWord(state, word), time: formatClock(ms, timezone, locale) }) : stateWord(state, word);
  if (value.agents || value.counts) {
    const counts = new Map(Object.entries(value.counts ?? {}));
    for (const { state } of value.agents ?? []) counts.set(state, (counts.get(state) ?? 0) + 1);
    return [...counts].map(([state, count]) => `${stateWord(state, word)}: ${count}`);
  }
  const media = (name) => (word(`media_${name}`) === `media_${name}` ? name : word(`media_${name}`));
  const channels = (value.channels ?? []).map(({ media: name, state, since: ms }) => `${media(name)}: ${since(state, ms)}`);
  return filled([value.reason, ...(channels.length ? channels : [since(value.state, value.since)])]);
}

/** Lowest, highest and average as `[{term, text}]`, as far as the server gave them. */
export function summaryFacts(summary, unit, decimals, context) {
  const { word, timezone, locale } = context;
  const extreme = (name) => {
    if (!summary[name]) return null;
    const [value, at] = summary[name];
    const time = formatClock(at, timezone, locale, false);
    return { term: word(name), text: written(value, unit, context, decimals), time };
  };
  const average = typeof summary.average === "number" && {
    term: word("average"),
    text: written(summary.average, unit, context, unit === "seconds" ? 0 : 1),
    time: "",
  };
  return filled([extreme("min"), average, extreme("max")]);
}
