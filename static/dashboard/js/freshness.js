// The one lamp in the header: whether what is shown is live, and if not, which link is broken.

import { formatClock } from "./format.js";

const LINK_LAMP = { connecting: "connecting", late: "late", unavailable: "stale", down: "stale" };
const SEVERITY = ["live", "connecting", "late", "stale", "unknown"];

/**
 * @param {import("./model.js").Model} model
 * @param {{open: boolean, refused?: boolean, closedAt: number}} socket
 * @returns {{state: string, text: string, title: string}} state: live, connecting, late, stale or unknown
 */
export function judge(model, socket, { word, timezone, locale, now }) {
  const clock = (ms) => formatClock(ms, timezone, locale, false);
  const since = (ms) => word("since", { time: clock(ms) });
  const own = model.screenState();
  // A first try that ended without an answer, on a page that was kept from before.
  if (model.wallboard === null && !socket.open && socket.refused === false && now() - socket.closedAt >= 3_000) {
    return { state: "stale", text: word("server_away"), title: "" };
  }
  if (model.wallboard === null) return { state: "connecting", text: word("connecting"), title: "" };
  if (socket.refused) {
    return { state: "stale", text: `${word("screen_lost")} ${word("at", { time: clock(socket.closedAt) })}`, title: "" };
  }
  if (own !== "ok") return { state: own, text: `${word("screen_lost")} ${word("at", { time: clock(model.heardAt) })}`, title: "" };
  if (!socket.open && now() - socket.closedAt >= 3_000) {
    return { state: "connecting", text: word("screen_connecting"), title: "" };
  }
  if (model.bridge !== "live") {
    const state = model.bridge === "late" ? "late" : "stale";
    return { state, text: `${word(`bridge_${model.bridge}`)} ${since(model.brokenSince.bridge)}`, title: "" };
  }
  return worstLink(model, word, since) ?? { state: "live", text: word("live"), title: "" };
}

function worstLink(model, word, since) {
  const broken = Object.entries(model.links)
    .filter(([, link]) => link.state !== "live")
    .map(([name, link]) => ({ name, link, state: LINK_LAMP[link.state] ?? "late" }))
    .sort((one, other) => SEVERITY.indexOf(other.state) - SEVERITY.indexOf(one.state));
  if (broken.length === 0) return null;
  const [{ name, link, state }] = broken;
  const when = since(model.brokenSince[`link ${name}`] ?? link.since);
  const text = `${word(`link_${link.state}`, { name })} ${when}`;
  const count = broken.length - 1;
  return { state, text: count ? word("link_more", { text, count }) : text, title: link.reason };
}

export class Lamp {
  #shown = "";

  constructor(element, text) {
    Object.assign(this, { element, text });
  }

  /** @returns {boolean} whether anything changed */
  show(verdict) {
    const key = JSON.stringify(verdict);
    if (key === this.#shown) return false;
    this.#shown = key;
    this.element.dataset.state = verdict.state;
    this.element.title = verdict.title || verdict.text;
    this.text.textContent = verdict.text;
    return true;
  }
}
