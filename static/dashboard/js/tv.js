// What a screen on a wall does by itself: stays awake, dims, moves, sounds, and says that its server is away.

import { LastHeard, keepPage } from "./away.js";
import { Looked } from "./alarm.js";
import { BurnInGuard } from "./burnin.js";
import { Dimmer, closed } from "./dim.js";
import { formatClock } from "./format.js";
import { within } from "./hours.js";
import { hideRestingPointer, onWall } from "./kiosk.js";
import { muted } from "./mute.js";
import { Sound } from "./sound.js";
import { Wake } from "./wake.js";

const AWAY_AFTER = 3_000;
const DAY_AFTER = 43_200_000;
// So often the page is asked for, ms: the server renews the sign-in of a screen that nobody reloads.
const RENEW_EVERY = 43_200_000;

const found = (id) => document.getElementById(id);

/** Whether this page is what people see: in a rotation the next one waits behind. */
const inFront = () => !globalThis.frameElement || globalThis.frameElement.hasAttribute("data-front");

/**
 * Starts it all; one look a second.
 * @param {{page: object, model: object, board: object, context: object, clock: object, socket: object}} parts
 */
export function startTv({ page, model, board, context, clock, socket }) {
  if (page.embed) return;
  if (page.timezone && !model.wallboard) {
    // The page that is kept knows the time before its server tells it.
    context.timezone = page.timezone;
    clock.configure(page.timezone, page.locale);
  }
  const wake = new Wake(() => onWall() && !page.framed);
  const dimmer = new Dimmer(document.body);
  const guard = new BurnInGuard(document.body);
  const sound = new Sound(found("sound"), found("sound-ask"), context.word);
  const looked = new Looked(page.slug);
  const heard = new LastHeard();
  const startedAt = Date.now();

  function look() {
    const now = clock.now();
    wake.check();
    guard.show(now, onWall());
    const there = model.wallboard !== null;
    if (there && socket.open) heard.note(model.heardAt);
    sayAway(!there && !socket.open && socket.refused === false && Date.now() - startedAt >= AWAY_AFTER);
    if (!there) return;
    const { tv, timezone } = model.wallboard;
    dimmer.show(onWall() && closed(tv, now, timezone));
    if (!tv.sound) sound.show("off");
    else if (inFront()) listen(tv, now, timezone);
  }

  function listen(tv, now, timezone) {
    const quiet = within(tv.quiet, now, timezone);
    sound.show(muted() ? "muted" : quiet ? "quiet" : "on");
    if (looked.look(model.levels, settled) && !muted() && !quiet) sound.play();
  }

  /** A level that was judged from a value, and for as long as it could still rise by having been beyond its limit before. */
  function settled(tile, id, since) {
    const hold = model.wallboard.tiles.find((one) => one.id === tile)?.thresholds?.hold ?? 0;
    return model.value(id)?.state === "ok" && clock.now() - since >= hold * 1_000;
  }

  function sayAway(away) {
    const panel = found("away");
    if (panel.hidden !== away) return;
    panel.hidden = !away;
    const time = heard.at && moment(heard.at);
    panel.textContent = time ? context.word("server_away_since", { time }) : context.word("server_away_plain");
  }

  /** With the day, once the time alone could mean another one. */
  function moment(ms) {
    const time = formatClock(ms, context.timezone, context.locale);
    const day = { timeZone: context.timezone, weekday: "short", day: "numeric", month: "short" };
    return clock.now() - ms < DAY_AFTER ? time : `${new Intl.DateTimeFormat(context.locale, day).format(ms)}, ${time}`;
  }

  hideRestingPointer();
  setInterval(look, 1_000);
  if (!page.framed) setInterval(() => fetch(location.href, { method: "HEAD" }).catch(() => {}), RENEW_EVERY);
  document.addEventListener("visibilitychange", look);
  look();
  keepPage();
  sayWhenRendered(model, board, context);
}

/** For the rotation that this page may be a frame of: every value and chart is on screen. */
async function sayWhenRendered(model, board, context) {
  await board.filled;
  if (model.wallboard.tiles.some((tile) => tile.figure)) {
    await context.plotly();
    // What was scheduled before is drawn before.
    await new Promise((resolve) => setTimeout(() => context.schedule(resolve), 250));
  }
  document.documentElement.dataset.rendered = "";
}
