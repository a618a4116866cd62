// The elements of the panel that says what is behind a number.

import { DayView } from "./aboutday.js";
import { makeDialog } from "./dialog.js";
import { el } from "./tiles/parts.js";

/** The dialog with its parts, empty; an embed offers no data, because it has no session to ask the server with. */
export function makePanel(context, { embed }) {
  const { word } = context;
  const panel = makeDialog("about", word);
  panel.eyebrow.textContent = word("about_ask");
  const pick = el("select", "about-select");
  const parts = {
    pick,
    picking: el("label", "about-pick", el("span", "", word("about_pick")), pick),
    value: el("p", "about-value"),
    lines: el("ul", "about-lines"),
    text: el("p", "about-text"),
    note: el("p", "about-note"),
    day: new DayView(context),
    list: el("dl", "about-facts"),
    picture: Object.assign(el("button", "about-action", word("picture")), { type: "button" }),
    data: Object.assign(el("a", "about-action", word("data")), { download: "", hidden: embed }),
    problem: el("p", "about-problem"),
  };
  parts.problem.setAttribute("role", "status");
  const now = el("div", "about-now", parts.value, parts.lines);
  panel.body.append(parts.picking, now, parts.text, parts.note, parts.day.element, parts.list);
  panel.dialog.append(el("footer", "dialog-foot", parts.picture, parts.data, parts.problem));
  return { ...panel, ...parts };
}
