// Opening and quiet hours: minutes of the week on the wallboard's own clock.

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const formats = new Map();

/** @returns {number} minutes since Monday 00:00 in `timezone` */
export function minuteOfWeek(ms, timezone) {
  if (!formats.has(timezone)) {
    formats.set(
      timezone,
      new Intl.DateTimeFormat("en-US", {
        timeZone: timezone,
        weekday: "short",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }),
    );
  }
  const parts = Object.fromEntries(formats.get(timezone).formatToParts(ms).map(({ type, value }) => [type, value]));
  return DAYS.indexOf(parts.weekday) * 1440 + Number(parts.hour) * 60 + Number(parts.minute);
}

/** @param {[number, number][]} ranges from a minute to before another */
export function within(ranges, ms, timezone) {
  if (ranges.length === 0) return false;
  const minute = minuteOfWeek(ms, timezone);
  return ranges.some(([from, to]) => from <= minute && minute < to);
}
