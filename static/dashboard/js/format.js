// How values, times and states are written; pure, used by tiles and page alike.

const MINUS = "\u2212";
const formats = new Map();

function numberFormat(locale, least, most) {
  const key = `${locale} ${least} ${most}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most }));
  }
  return formats.get(key);
}

function clockFormat(timezone, locale, seconds) {
  const key = `${locale} ${timezone} ${seconds}`;
  if (!formats.has(key)) {
    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: timezone };
    formats.set(key, new Intl.DateTimeFormat(locale, seconds ? { ...parts, second: "2-digit" } : parts));
  }
  return formats.get(key);
}

/** Seconds as `m:ss`, from an hour on as `h:mm:ss`. */
export function formatDuration(seconds) {
  const total = Math.round(Math.abs(seconds));
  const two = (part) => String(part).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const sign = seconds < 0 && total > 0 ? MINUS : "";
  return sign + (hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`);
}

/** `{text, unit}` of a value; a state's word needs `word`. Null is for the caller: its meaning depends on the state. */
export function formatValue(value, unit, { decimals = null, locale = "en", word = (key) => key } = {}) {
  if (value === null || value === undefined) return { text: "", unit: "" };
  if (unit === "state" || (typeof value === "object" && "state" in value)) {
    return { text: stateWord(typeof value === "object" ? value.state : String(value), word), unit: "" };
  }
  if (typeof value !== "number" || unit === "text") {
    return { text: typeof value === "object" ? JSON.stringify(value) : String(value), unit: "" };
  }
  if (unit === "seconds") return { text: formatDuration(value), unit: "" };
  const [least, most] = decimals === null ? [0, unit === "number" ? 2 : 0] : [decimals, decimals];
  const rounded = Number(value.toFixed(most)) === 0 ? 0 : value; // no “−0”
  const text = numberFormat(locale, least, most).format(rounded).replace("-", MINUS);
  return { text, unit: unit === "percent" ? "%" : "" };
}

/** Epoch ms as `10:42:07` (or `10:42`) in the board's time zone. */
export function formatClock(ms, timezone, locale, seconds = true) {
  return clockFormat(timezone, locale, seconds).format(ms);
}

/** How long ago, in one unit: `23 s`, `4 min`, `2 h`, `3 d`. */
export function formatAge(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A word of Stat Server (`WaitForNextCall`) as people say it; one that no table knows is taken apart. */
export function stateWord(statWord, word) {
  const key = `state_${statWord}`;
  const known = word(key);
  if (known && known !== key) return known;
  const apart = String(statWord).replace(/_/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return apart.charAt(0).toUpperCase() + apart.slice(1);
}
