// All tile kinds by name. A new kind is one module here, one in Python, and a section of the style sheet.

import { create as agents } from "./agents.js";
import { create as bars } from "./bars.js";
import { create as donut } from "./donut.js";
import { create as gauge } from "./gauge.js";
import { create as number } from "./number.js";
import { el } from "./parts.js";
import { create as table } from "./table.js";
import { create as text } from "./text.js";
import { create as trend } from "./trend.js";

const idle = { update() {}, tick() {}, resize() {}, destroy() {} };

/** A tile that says something instead of drawing. */
function message(body, lines) {
  body.classList.add("tb", "tb-message");
  body.append(...lines.map((line) => el("p", "", line)));
  return idle;
}

/** A tile that cannot be drawn as configured says why; the rest of the board goes on. */
function guarded(create) {
  return (body, tile, context) => {
    if (tile.problems?.length) return message(body, [context.word("settings_wrong"), ...tile.problems]);
    if (tile.kind !== "text" && !tile.series.length) return message(body, [context.word("nothing")]);
    return create(body, tile, context);
  };
}

export const kinds = Object.fromEntries(
  Object.entries({ number, trend, gauge, bars, donut, agents, table, text }).map(([name, create]) => [name, guarded(create)]),
);
