// A layout to begin with: which one, of which objects, and what to show where no statistic fits by itself.

import { el } from "../tiles/parts.js";
import { button, field, select } from "./fields.js";
import { Picker } from "./picker.js";

/** @param {function(string, string[], object): Promise<{problem?: string, offers?: object}>} use */
export function layoutForm({ names, server, word, use, unfolded }) {
  const objects = new Picker({
    label: word("layout_objects"),
    search: async (words) => {
      const { status, body } = await server.choices("objects", words);
      return status === 200 ? body : { found: [], total: 0 };
    },
    text: ({ title, type }) => `${title} (${type})`,
    several: true,
    word,
  });
  const told = el("p", "problem");
  told.setAttribute("role", "alert");
  const say = (problem = "") => {
    told.textContent = problem;
    told.hidden = !problem;
  };
  const choosing = el("div", "editor-form");
  let chosen = {};
  const offer = (offers = {}) => {
    chosen = Object.fromEntries(Object.keys(offers).map((role) => [role, ""]));
    const fields = Object.entries(offers).map(([role, found]) => {
      const choices = [["", word("leave_out")], ...found.map(({ name, title }) => [name, title])];
      return field(`role-${role}`, word(`role_${role}`), select("", choices, (name) => (chosen[role] = name)));
    });
    choosing.replaceChildren(...(fields.length ? [el("p", "helptext", word("layout_choose")), ...fields] : []));
  };
  const list = select(names[0], names.map((name) => [name, word(`layout_${name}`)]), () => offer());
  const take = button(word("use_layout"), async () => {
    const picked = objects.picked.map(({ name }) => name);
    if (picked.length === 0) return say(word("pick_object"));
    const { problem, offers } = await use(list.value, picked, chosen);
    say(problem);
    offer(offers);
    choosing.querySelector("select")?.focus();
  });
  say();
  const box = el(
    "details",
    "editor-group",
    el("summary", "", word("layouts")),
    el("div", "editor-form", field("", word("layout"), list), objects.element, choosing, take, told),
  );
  box.addEventListener("toggle", () => box.open && objects.load());
  box.open = unfolded;
  return box;
}
