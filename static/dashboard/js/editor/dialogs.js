// Two questions over the page: which tile to add, and whose changes are to stay.

import { el } from "../tiles/parts.js";
import { button, field, select } from "./fields.js";
import { differences } from "./merge.js";
import { SeriesChooser } from "./series.js";

function open(title, className = "") {
  const heading = el("h2", "", title);
  heading.id = "dialog-title";
  const dialog = el("dialog", `editor-dialog ${className}`, heading);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  return dialog;
}

/** Asks for a kind and its series; `onAdd(kind, series)`. */
export function askTile({ page, word, server, name, onAdd }) {
  const dialog = open(word("add_tile"));
  const place = el("div", "");
  let kind = "number";
  let chooser = null;
  const show = () => {
    const { most } = page.kinds[kind];
    chooser = most === 0 ? null : new SeriesChooser({ series: [], most, server, word, name, onChange: () => {} });
    if (most === 1) chooser.add.remove();
    place.replaceChildren(el("p", "helptext", word(`about_${kind}`)), ...(chooser ? [chooser.element] : []));
    chooser?.load();
  };
  const kinds = Object.keys(page.kinds).map((one) => [one, word(`kind_${one}`)]);
  const list = select(kind, kinds, (next) => {
    kind = next;
    show();
  });
  const add = () => {
    const chosen = chooser ? [...chooser.series] : [];
    // What is picked and not yet taken over is meant, too.
    for (const one of chooser?.picked ?? []) {
      if (!chosen.some((other) => other.statistic === one.statistic && other.object === one.object)) chosen.push(one);
    }
    const { most } = page.kinds[kind];
    dialog.close();
    onAdd(kind, most === null ? chosen : chosen.slice(0, most));
  };
  const buttons = el("div", "editor-row", button(word("add_tile"), add, "button"), button(word("cancel"), () => dialog.close()));
  dialog.append(field("", word("kind"), list), place, buttons);
  show();
  dialog.showModal();
  list.focus();
}

const short = (value) => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "–");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

/** How two sides of a conflict differ, as rows of a table. */
function rows({ id, key, mine, theirs }, word) {
  if (key) return [[word(`board_${id}`), short(mine), short(theirs)]];
  if (!mine || !theirs) return [[word("tile"), word(mine ? "kept" : "removed"), word(theirs ? "kept" : "removed")]];
  return differences(mine, theirs).map((name) => [word(`key_${name}`), short(mine[name]), short(theirs[name])]);
}

/**
 * Shows what both changed. `onChoose(choices)` with "mine" or "theirs" by id; closing it otherwise leaves all as it is.
 * @param {{conflicts: object[], theirs: object[], moved: string[]}} merged
 */
export function askConflicts({ merged, word, nameOf, onChoose }) {
  const dialog = open(word("conflict_heading"), "wide");
  const choices = {};
  const items = merged.conflicts.map((conflict, index) => {
    const side = (which) => {
      const radio = Object.assign(document.createElement("input"), {
        type: "radio",
        name: `side-${index}`,
        id: `side-${index}-${which}`,
        checked: which === "mine",
      });
      radio.addEventListener("change", () => (choices[conflict.id] = which));
      const label = Object.assign(el("label", "", word(`take_${which}`)), { htmlFor: radio.id });
      return el("span", "check", radio, label);
    };
    const head = el("tr", "", el("td", ""), el("th", "", word("mine")), el("th", "", word("theirs")));
    const body = rows(conflict, word).map(([name, ...cells]) => {
      const first = Object.assign(el("th", "", name), { scope: "row" });
      return el("tr", "", first, ...cells.map((cell) => el("td", "", cell)));
    });
    const box = el("fieldset", "editor-group", el("legend", "", conflict.key ? word("board_heading") : nameOf(conflict)));
    box.append(el("div", "editor-scroll", el("table", "", head, ...body)), el("div", "editor-row", side("mine"), side("theirs")));
    return box;
  });
  const told = merged.theirs.map((one) => el("li", "", one.key ? word(`board_${one.id}`) : nameOf({ id: one.id, theirs: one.tile })));
  const apply = button(word("join"), () => {
    dialog.close();
    onChoose(choices);
  }, "button");
  dialog.append(
    el("p", "", word(merged.conflicts.length ? "conflict_text" : "conflict_none")),
    ...items,
    ...(told.length ? [el("p", "helptext", word("conflict_theirs")), el("ul", "", ...told)] : []),
    el("div", "editor-row", apply, button(word("later"), () => dialog.close())),
  );
  dialog.showModal();
}
