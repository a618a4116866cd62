// Points of a series as Plotly wants them, and the ends and ticks of axes; pure but for the context's readers.

import { formatClock, formatValue } from "../format.js";

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const days = new Map();

/** Making a format takes longer than drawing a point: one for each time zone. */
function dayOf(ms, timeZone) {
  if (!days.has(timeZone)) days.set(timeZone, new Intl.DateTimeFormat("en-CA", { timeZone }));
  return days.get(timeZone).format(ms);
}

/** A growing statistic that starts over at the contact centre's midnight is a new line, not a fall. */
function restarts(before, after, timeZone) {
  if (before[1] === null || after[1] === null || after[1] >= before[1] || after[0] - before[0] > 24 * 60 * MINUTE) return false;
  // Zones are off UTC by multiples of a quarter of an hour: no midnight is within one.
  if (Math.floor(before[0] / QUARTER) === Math.floor(after[0] / QUARTER)) return false;
  return dayOf(before[0], timeZone) !== dayOf(after[0], timeZone);
}

/** `[times, values]` from `since` to `now`; null is a gap. The last value holds until now while its link lives. */
export function points(id, since, now, context) {
  const [x, y] = [[], []];
  const timeZone = context.series(id)?.timezone ?? context.timezone;
  let before = null;
  for (const point of context.history(id) ?? []) {
    if (point[0] >= since) {
      if (!x.length && before && before[1] !== null) {
        x.push(since);
        y.push(before[1]);
      }
      const anew = before && restarts(before, point, timeZone);
      if (before && before[1] !== null && (anew || point[1] === null)) {
        // What was known holds up to the gap: a line of one point would not be seen.
        x.push(point[0] - 1);
        y.push(before[1]);
      }
      if (anew) {
        x.push(point[0] - 1);
        y.push(null);
      }
      x.push(point[0]);
      y.push(typeof point[1] === "number" ? point[1] : null);
    }
    before = point;
  }
  if (!x.length && before) {
    x.push(since);
    y.push(before[1]);
  }
  const reading = context.value(id);
  const held = reading && (reading.state === "ok" || reading.state === "late") && typeof reading.value === "number";
  if (held && (x.length === 0 || x[x.length - 1] < now)) {
    x.push(now);
    y.push(reading.value);
  }
  return [x, y];
}

/** The ends of the value axis: those of the options, else from the data, zero included where that is honest. */
export function valueRange(all, thresholds, { min = null, max = null }) {
  const known = all.flat().filter((value) => value !== null);
  const limits = [thresholds?.warning, thresholds?.critical].filter((value) => typeof value === "number");
  let low = Math.min(0, ...known);
  let high = Math.max(...known, 0);
  // A limit is drawn when the data come near it; a far one would flatten the line.
  for (const limit of limits) if (limit <= high * 2 + 1 && limit >= low) high = Math.max(high, limit * 1.08);
  if (high === low) high = low + 1;
  low = min ?? low;
  high = max ?? high + (high - low) * 0.08;
  return [low, high > low ? high : low + 1];
}

const SECONDS_STEPS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** Round values of the axis, at most `most`, with their texts; a percent sign is left to the labels of the lines. */
export function valueTicks([low, high], most, unit, locale) {
  const raw = (high - low) / Math.max(1, most);
  let step = SECONDS_STEPS.find((one) => one >= raw) ?? raw;
  if (unit !== "seconds") {
    const power = 10 ** Math.floor(Math.log10(raw));
    step = [1, 2, 5, 10].find((factor) => factor * power >= raw) * power;
    if (unit === "count") step = Math.max(1, step);
  }
  const decimals = unit === "seconds" ? 0 : Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const tickvals = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9; value += step) tickvals.push(value);
  const ticktext = tickvals.map((value) => formatValue(value, unit, { decimals, locale }).text);
  return { tickvals, ticktext };
}

const MINUTE_STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];

/** Round times, at most `most`, written in the board's time zone, so that a change of clocks draws no fold. */
export function timeTicks(since, now, most, context) {
  const step = (MINUTE_STEPS.find((one) => (now - since) / (one * MINUTE) <= most) ?? 1440) * MINUTE;
  // Full hours of the zone: zones are off UTC by multiples of a quarter of an hour.
  const [hours, minutes] = formatClock(since, context.timezone, "en-GB", false).split(":").map(Number);
  const sinceMidnight = (hours * 60 + minutes) * MINUTE + (since % MINUTE);
  const tickvals = [];
  for (let at = since - (sinceMidnight % step) + step; at <= now; at += step) tickvals.push(at);
  return { tickvals, ticktext: tickvals.map((at) => formatClock(at, context.timezone, context.locale, false)) };
}
