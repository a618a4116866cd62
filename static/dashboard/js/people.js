// What people do with a board that hangs on a wall: ask, export, print, use the keyboard.

import { About } from "./about.js";
import { Help, bindKeys } from "./keys.js";
import { toggleFullScreen } from "./kiosk.js";
import { toggleMute } from "./mute.js";
import { Printer } from "./print.js";

/** Joins these parts to a board; `announcer` speaks, `page` is what the server put into the page. */
export function startPeople({ board: { element }, model, context, page, theme, scheduler, announcer }) {
  // A screen has no session either: its panel shows what its snapshot brought.
  const about = new About(element, model, context, { ...page, embed: page.embed || page.screen });
  // An embed makes no sound.
  const actions = page.embed ? { f: toggleFullScreen } : { f: toggleFullScreen, m: toggleMute };
  const help = new Help([...Object.keys(actions), "?"], context.word);
  bindKeys({ ...actions, "?": () => help.toggle() });
  new Printer(model, context, theme, () => scheduler.flush());
  announcer.watch(element);
  setInterval(() => about.refresh(), 1_000);
}
