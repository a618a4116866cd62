// Starts the editor: reads what the server put into the page and joins the parts.

import { Plotly } from "../plotly.js";
import { Scheduler } from "../scheduler.js";
import { Theme } from "../theme.js";
import { Canvas } from "./canvas.js";
import { askTile } from "./dialogs.js";
import { Draft } from "./draft.js";
import { Editor } from "./editor.js";
import { Keep } from "./keep.js";
import { listen } from "./keys.js";
import { DraftModel, Live } from "./live.js";
import { Names } from "./names.js";
import { Note } from "./note.js";
import { Panel } from "./panel.js";
import { Pointer } from "./pointer.js";
import { same } from "./same.js";
import { Saving } from "./saving.js";
import { Server } from "./server.js";
import { Tools } from "./tools.js";
import { editorWords } from "./words.js";

const find = (id) => document.getElementById(id);
const read = (id) => JSON.parse(find(id).textContent);

const page = read("page");
const themes = read("themes");
const word = editorWords(page.locale);
const theme = new Theme();
const scheduler = new Scheduler();
const server = new Server(page);
const note = new Note(find("note"), word);
const clock = {
  offset: 0,
  now: () => Date.now() + clock.offset,
  correct: (at) => (clock.offset = Math.abs(at - clock.now()) > 400 ? at - Date.now() : clock.offset),
};
const model = new DraftModel({ now: clock.now, screenReason: word("screen_lost") });
const plotly = new Plotly(find("plotly").href, Promise.resolve());
const context = {
  series: (id) => model.series[id],
  value: (id) => model.value(id),
  level: (tile, id) => model.level(tile, id),
  history: (id) => model.history(id),
  locale: page.locale,
  get timezone() {
    return model.wallboard?.timezone ?? "UTC";
  },
  theme: () => theme.current(),
  template: () => themes[theme.current()],
  plotly: () => plotly.load(),
  now: clock.now,
  word,
  schedule: (draw) => scheduler.schedule(draw),
};

const announcer = find("announcer");
/** Said anew even if it is the same: the second step that found no room is news, too. */
function announce(text) {
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 50);
}

const keep = new Keep(page.slug, page.user);
const draft = new Draft(page.board, page.grid.rows, keep);
const names = new Names(word, model, draft);
const canvas = new Canvas(find("board"), find("window"), model, context, names.cell);
const panel = new Panel({
  element: find("panel"),
  canvas,
  page,
  word,
  server,
  names,
  on: {
    measured: () => editor.measureLater(),
    tile: (id) => ({
      change: (patch, key) => editor.patchTile(id, patch, key),
      put: (place) => editor.put(id, place),
      duplicate: () => editor.duplicate(id),
      remove: () => editor.remove(id),
    }),
    board: {
      change: (patch, key) => editor.patchBoard(patch, key),
      columns: (columns) => editor.columns(columns),
      layout: (...given) => editor.layout(...given),
      closeGaps: () => editor.closeGaps(),
      select: (id) => open(id),
      copy: (title) => saving.copy(title),
    },
  },
});
const editor = new Editor({ draft, canvas, panel, model, names, server, word, announce, say: (text) => note.say(text), onChange: showState, release: () => pointer.cancel() });
const saving = new Saving({ editor, server, note, page, word, onChange: showState });
const ask = () => askTile({ page, word, server, name: names.series, onAdd: editor.add });
const on = { undo: editor.undo, redo: editor.redo, add: ask, save: () => saving.save() };
const tools = new Tools({ element: find("tools"), state: find("state"), word, locale: page.locale, on });

function showState() {
  find("board-title").textContent = draft.board.title;
  find("board").toggleAttribute("data-empty", draft.board.tiles.length === 0);
  tools?.show(draft, saving, editor.errors);
}

/** Selects a tile and goes to its first field; null goes back to the board. */
function open(id) {
  editor.select(id);
  find("panel").querySelector("input, select, textarea")?.focus();
}

const pointer = new Pointer(canvas, {
  select(id) {
    editor.select(id);
    return draft.tile(id).position;
  },
  try(id, place) {
    const places = draft.wouldPut(id, place);
    canvas.place(places ?? draft.places);
    return places;
  },
  drop: (id, place) => (place && draft.tile(id) ? editor.put(id, place) : editor.show({ ask: false })),
  busy: (busy) => document.body.toggleAttribute("data-dragging", busy),
});
listen(find("board"), { ...editor, ...on, open, select: (id) => editor.select(id) });
find("stage").addEventListener("pointerdown", (event) => !event.target.closest("[data-cell], .editor-note, button, a") && editor.select(null));

const live = new Live({
  page,
  model,
  clock,
  server,
  onValues: (ids) => canvas.change(ids, ids ? "values" : "history"),
  onStored: () => saving.check(),
  onRefused: () => note.say(word("no_values")),
});
theme.onChange(() => canvas.change(null, "theme"));
setInterval(() => canvas.tick(clock.now()), 1_000);
addEventListener("beforeunload", (event) => draft.dirty && !saving.leaving && event.preventDefault());

const kept = keep.read();
if (kept && !same(kept.draft, page.board.wallboard)) {
  draft.restore(kept);
  saving.restored(kept.at, page.locale);
  if (kept.revision !== page.board.revision) saving.check();
} else keep.clear();
live.start();
editor.show({ ask: false, anew: true });
editor.ask();
