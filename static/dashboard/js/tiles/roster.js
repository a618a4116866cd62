// Who is in which state, from agents' own series and from the members of groups; pure but for the context's readers.

import { formatDuration, stateWord } from "../format.js";
import { present } from "./parts.js";

// The order in which a supervisor looks for people; what is not named comes in between.
const ORDER = ["NotReadyForNextCall", "AfterCallWork", "CallOnHold", "CallRinging", "CallDialing", "Call", "WaitForNextCall"];
const LAST = ["LoggedIn", "NotMonitored", "Monitored", "LoggedOut"];
// Mark and colour (`--state-…` of the style sheet) of each kind of state.
const KINDS = [
  [/^WaitForNextCall$/, "●", "ready"],
  [/^NotReady/, "✕", "not-ready"],
  [/^AfterCall/, "■", "after-call"],
  [/Hold/, "‖", "hold"],
  [/Ringing|Dialing/, "◌", "ringing"],
  [/Outbound/, "↗", "call-out"],
  [/Internal|Consult/, "↔", "call-inside"],
  [/^Call|^ASM|^Busy/, "↘", "call"],
];
const AWAY = [null, "○", "away"];
const kindOf = (state) => KINDS.find(([pattern]) => pattern.test(state)) ?? AWAY;

/** The mark of a state; shapes differ, so that none depends on its colour. */
export const glyphOf = (state) => kindOf(state)[1];

/** The role of its colour, the same wherever a state is drawn. */
export const roleOf = (state) => `state-${kindOf(state)[2]}`;

const ENGAGED = /^Call|^AfterCall|^ASM|^Busy/;

/** `chat`, or `voice, chat`: on which channels an agent is engaged, where that is not the telephone alone. */
export function engagedOn(value, word) {
  const media = [...new Set((value?.channels ?? []).filter(({ state }) => ENGAGED.test(state)).map((one) => one.media))];
  return media.length === 1 && media[0] === "voice" ? "" : media.map((one) => mediaWord(one, word)).join(", ");
}

/** `voice: Ready · chat: Busy`: every channel of an agent who has several. */
export function channelsText(value, word) {
  const channels = value?.channels ?? [];
  if (channels.length < 2) return "";
  return channels.map(({ media, state }) => `${mediaWord(media, word)}: ${stateWord(state, word)}`).join(" · ");
}

function mediaWord(media, word) {
  const key = `media_${media}`;
  return word(key) === key ? media : word(key);
}

/** Whether the strip says what the mark of a state means: that of those who give a reason. */
export const isExplained = (state) => Boolean(state?.startsWith("NotReady"));

export function rankOf(state) {
  const late = LAST.indexOf(state);
  if (late >= 0) return 100 + late;
  const exact = ORDER.indexOf(state);
  if (exact >= 0) return exact;
  return state.startsWith("Call") ? ORDER.indexOf("Call") : 50;
}

function member(id, key, name, shown, state, since, reason) {
  return { id, key, name, shown, state, since: since ?? null, reason: reason ?? "" };
}

/** One entry per agent: `{id, key, name, shown, state, since, reason}`; `state` is null where it is not known. */
export function roster(tile, context) {
  const all = [];
  for (const id of tile.series) {
    const shown = present(tile, id, context);
    const title = context.series(id)?.object?.title ?? "";
    const { value } = shown;
    const known = value && typeof value === "object" && shown.text !== "—" && shown.text !== "…";
    if (known && Array.isArray(value.agents)) {
      for (const agent of value.agents) {
        const named = member(id, `${id} ${agent.id}`, agent.title ?? agent.id, shown, agent.state, agent.since, agent.reason);
        all.push(named);
      }
    } else if (known) {
      const why = [value.reason, engagedOn(value, context.word)].filter(Boolean).join(" · ");
      all.push(member(id, String(id), title, shown, value.state, value.since, why));
    } else if (shown.state === "live" && typeof value === "string") all.push(member(id, String(id), title, shown, value));
    else all.push(member(id, String(id), title, shown, null));
  }
  return all;
}

/** Seconds over its limit, or 0. */
export function overLimit({ state, since, shown }, limits, now) {
  const limit = limits[state];
  if (limit === undefined || since === null || !["live", "late"].includes(shown.state)) return 0;
  return Math.max(0, (now - since) / 1000 - limit);
}

export function levelOf(entry, limits, now) {
  if (entry.shown.level !== "normal") return entry.shown.level;
  return overLimit(entry, limits, now) > 0 ? "warning" : "normal";
}

/** Sorted as the option says: over their limit first (the longest), then by state, then the longest in it. */
export function sorted(all, { sort, limits }, now) {
  const byName = (one, other) => one.name.localeCompare(other.name);
  const byState = (one, other) =>
    (one.state === null) - (other.state === null) ||
    rankOf(one.state ?? "") - rankOf(other.state ?? "") ||
    (one.since ?? now) - (other.since ?? now) ||
    byName(one, other);
  if (sort === "title") return [...all].sort(byName);
  if (sort === "state") return [...all].sort(byState);
  const over = (entry) => ({ critical: 2, warning: 1, normal: 0 })[levelOf(entry, limits, now)];
  const excess = (one, other) => overLimit(other, limits, now) - overLimit(one, limits, now);
  return [...all].sort((one, other) => over(other) - over(one) || excess(one, other) || byState(one, other));
}

/** `[{state, word, count}]`, in the order of states; those not known come last as `—`. */
export function counts(all, word) {
  const found = new Map();
  for (const { state } of all) found.set(state, (found.get(state) ?? 0) + 1);
  return [...found]
    .sort(([one], [other]) => (one === null) - (other === null) || rankOf(one ?? "") - rankOf(other ?? ""))
    .map(([state, count]) => ({ state, word: state === null ? "—" : stateWord(state, word), count }));
}

export function timerText({ since, shown }, now) {
  const running = since !== null && (shown.state === "live" || shown.state === "late");
  return running ? formatDuration(Math.max(0, Math.floor((now - since) / 1000))) : "";
}
