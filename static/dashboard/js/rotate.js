// A rotation's page: which wallboards are shown in turn, and words about those that cannot be.

import { keepPage } from "./away.js";
import { hideRestingPointer, toggleFullScreen } from "./kiosk.js";
import { toggleMute } from "./mute.js";
import { reloadGently } from "./reload.js";
import { Stage } from "./stage.js";
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
const stage = new Stage(find("stage"), (board) => {
  document.dispatchEvent(new CustomEvent("rotation:shown", { detail: board }));
});
const wake = new Wake(() => true);
const version = new VersionWatch(page.version, () => reloadGently());
let leftOut = 0;
let hushing = 0;
let asking = false;

new Theme();

function look() {
  wake.check();
  stage.look();
}

/** @param {{title: string, steps: object[], left_out: number}} turns */
function take(turns) {
  document.title = turns.title;
  stage.replace(turns.steps);
  if (turns.steps.length === 0) {
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
