// The page of a TV: a code until somebody pairs it, then whatever it is told to show.

import { keepPage } from "./away.js";
import { Control } from "./control.js";
import { hideRestingPointer, toggleFullScreen } from "./kiosk.js";
import { toggleMute } from "./mute.js";
import { Overlays } from "./overlays.js";
import { fetchAhead, reloadGently } from "./reload.js";
import { Remembered, Reporter, same } from "./screenstate.js";
import { Stage } from "./stage.js";
import { Theme } from "./theme.js";
import { VersionWatch } from "./version.js";
import { Wake } from "./wake.js";
import { wordsFor } from "./words.js";

const LOOK_EVERY = 250;
const LEFT_OUT_FOR = 20_000;
const AWAY_AFTER = 3_000;

const find = (id) => document.getElementById(id);
const page = JSON.parse(find("page").textContent);
const word = wordsFor(page.locale);
const stage = new Stage(find("stage"));
const wake = new Wake(() => true);
const overlays = new Overlays(find("identify"), find("banner"));
const remembered = new Remembered();
const version = new VersionWatch(page.version, () => reloadGently());
let shows = null;
let reloads = null;
let hushing = 0;
let answeredAt = performance.now();
let ahead = null;

const url = new URL(page.socket, location.href);
url.protocol = url.protocol.replace("http", "ws");
const control = new Control({ url: url.href, credential: page.credential, onFrame, onAway });
const reporter = new Reporter(page.version, stage, (status) => control.send(status));

new Theme();

function onFrame(frame) {
  answeredAt = performance.now();
  handlers[frame.type]?.(frame);
  sayInstead();
}

const handlers = {
  code(frame) {
    document.title = word("pair_screen");
    remembered.forget();
    overlays.clear();
    show(null);
    hush();
    find("code").textContent = frame.code;
    find("address").textContent = frame.address.replace(/^https?:\/\//, "");
    find("qr").src = frame.qr;
    find("pairing").hidden = false;
    ahead ??= fetchAhead([...find("ahead").content.children].map(({ href }) => href));
  },
  screen(frame) {
    document.title = frame.name;
    find("pairing").hidden = true;
    remembered.keep(frame.shows);
    show(frame.shows);
    overlays.identify(frame, frame.identify);
    overlays.message(frame.message);
    version.check(frame.version);
    if (reloads !== null && frame.reloads !== reloads) reloadGently();
    reloads = frame.reloads;
    reporter.report(true);
  },
  unpaired() {
    remembered.forget();
    show(null);
  },
  error(frame) {
    if (frame.code === "full") say(word("waiting_full"));
  },
};

/** @param {object|null} wanted null leaves nothing on screen */
function show(wanted) {
  if (same(shows, wanted)) return;
  const before = shows?.steps ?? [];
  shows = wanted;
  const steps = wanted?.steps ?? [];
  // Another board is not eased in: what is on screen may not be meant for this place any more.
  if (!before.some(({ url: one }) => steps.some(({ url: other }) => one === other))) stage.replace([]);
  stage.replace(steps);
  stage.look();
  hush();
  if (wanted?.left_out && steps.length) {
    say(word("left_out_screen", { count: wanted.left_out, all: wanted.left_out + steps.length }));
    hushing = setTimeout(hush, LEFT_OUT_FOR);
  }
}

function say(text) {
  find("notice").textContent = text;
  find("notice").hidden = false;
}

function hush() {
  clearTimeout(hushing);
  find("notice").hidden = true;
}

/** What it showed before it goes on with: the boards say by themselves that nothing comes. */
function onAway() {
  if (!shows && find("pairing").hidden && remembered.shows) show(remembered.shows);
}

function look() {
  wake.check();
  stage.look();
  reporter.report();
  sayInstead();
}

/** What is said where a wallboard would be. */
function sayInstead() {
  const away = performance.now() - answeredAt >= AWAY_AFTER && !shows && find("pairing").hidden;
  const text = shows?.why ? word(`shows_${shows.why}`) : away ? word("server_away_plain") : "";
  if (find("away").textContent !== text) find("away").textContent = text;
  find("away").hidden = text === "";
}

const KEYS = { f: toggleFullScreen, m: toggleMute };
addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) KEYS[event.key]?.();
});
addEventListener("online", () => control.nudge());
document.addEventListener("visibilitychange", look);
hideRestingPointer();
control.enter();
setInterval(look, LOOK_EVERY);
keepPage();
// For watchdog.js, which waits for it.
document.documentElement.dataset.started = "";
