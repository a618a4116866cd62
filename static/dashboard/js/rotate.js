// A rotation's page: the wallboard that is shown in one frame, the next one loading in another behind it.

import { keepPage } from "./away.js";
import { dead, painted } from "./framed.js";
import { hideRestingPointer, toggleFullScreen } from "./kiosk.js";
import { toggleMute } from "./mute.js";
import { reloadGently } from "./reload.js";
import { Rotation } from "./rotation.js";
import { Theme } from "./theme.js";
import { VersionWatch } from "./version.js";
import { Wake } from "./wake.js";
import { wordsFor } from "./words.js";

const ASK_EVERY = 15_000;
const LOOK_EVERY = 250;
const ASKED_FOR = 10_000;
const LEFT_OUT_FOR = 20_000;
const REFUSALS = { 401: "signed_out", 403: "no_rotation_access", 404: "no_rotation" };

const find = (id) => document.getElementById(id);
const read = (id) => JSON.parse(find(id).textContent);

const page = read("page");
const word = wordsFor(page.locale);
const stage = find("stage");
const rotation = new Rotation();
const wake = new Wake(() => true);
const version = new VersionWatch(page.version, () => reloadGently());
const frames = new Map();
let leftOut = 0;
let hushing = 0;
let asking = false;

new Theme();

/** The frame's address: ?theme= and whatever else was given go on to the wallboards. */
function address(step) {
  return step.url + location.search;
}

function load(step) {
  const frame = Object.assign(document.createElement("iframe"), { title: step.wallboard, allow: "fullscreen; autoplay" });
  frame.inert = true;
  frame.src = address(step);
  frame.loadedAt = Date.now();
  frames.set(step, frame);
  stage.append(frame);
}

/** What is in front goes only now: it covered the next one until it was painted. */
function show(step) {
  const front = frames.get(step);
  front.inert = false;
  front.toggleAttribute("data-front", true);
  document.body.dataset.board = step.wallboard;
  for (const [other, frame] of frames) if (other !== step && frame.hasAttribute("data-front")) drop(other);
  front.contentWindow.focus();
  document.dispatchEvent(new CustomEvent("rotation:shown", { detail: step.wallboard }));
}

/** A frame that leaves the page takes its sockets, timers and graphs with it. */
function drop(step) {
  frames.get(step).remove();
  frames.delete(step);
}

function look() {
  wake.check();
  if (rotation.next && painted(frames.get(rotation.next))) rotation.ready();
  rotation.dead = dead(document.querySelector("iframe[data-front]"));
  const turn = rotation.turn();
  if (turn?.load) load(turn.load);
  if (turn?.show) show(turn.show);
  if (turn?.drop) drop(turn.drop);
  for (const [step, frame] of frames) if (step !== rotation.next && !frame.hasAttribute("data-front")) drop(step);
}

/** @param {{title: string, steps: object[], left_out: number}} turns */
function take(turns) {
  document.title = turns.title;
  rotation.replace(turns.steps);
  if (turns.steps.length === 0) {
    for (const step of [...frames.keys()]) drop(step);
    say(word("nothing_to_rotate"), page.home, "all_boards");
  } else if (turns.left_out !== leftOut && turns.left_out > 0) {
    say(word("left_out", { count: turns.left_out, all: turns.left_out + turns.steps.length }));
    hushing = setTimeout(hush, LEFT_OUT_FOR);
  } else if (!hushing) hush();
  leftOut = turns.left_out;
}

function say(text, href = null, key = "") {
  clearTimeout(hushing);
  hushing = 0;
  find("notice").replaceChildren(text);
  if (href) find("notice").append(" ", Object.assign(document.createElement("a"), { href, textContent: word(key) }));
  find("notice").hidden = false;
}

function hush() {
  hushing = 0;
  find("notice").hidden = true;
}

/** An edit in the administration reaches this screen by itself. A server that is away is said by the wallboards. */
async function ask() {
  if (asking) return;
  asking = true;
  try {
    const response = await fetch(page.steps, { cache: "no-store", signal: AbortSignal.timeout(ASKED_FOR) });
    if (response.ok) {
      const turns = await response.json();
      take(turns);
      version.check(turns.version);
    } else if (response.status in REFUSALS) {
      const here = encodeURIComponent(location.pathname + location.search);
      if (response.status === 401) say(word("signed_out"), `${page.login}?next=${here}`, "sign_in");
      else say(word(REFUSALS[response.status]), page.home, "all_boards");
    }
  } catch {
    // Asked again in a while.
  } finally {
    asking = false;
  }
}

const KEYS = { f: toggleFullScreen, m: toggleMute };
addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) KEYS[event.key]?.();
});
document.addEventListener("visibilitychange", look);
hideRestingPointer();
take(read("turns"));
look();
setInterval(look, LOOK_EVERY);
setInterval(ask, ASK_EVERY);
keepPage();
// For watchdog.js, which waits for it.
document.documentElement.dataset.started = "";
