// The product's own board and tiles over a canned snapshot; `harness` lets tests turn the clock and send frames.

import { Board } from "/static/dashboard/js/board.js";
import { Model } from "/static/dashboard/js/model.js";
import { Scheduler } from "/static/dashboard/js/scheduler.js";
import { wordsFor } from "/static/dashboard/js/words.js";

const { now, locale, themes, snapshot } = await (await fetch(`/board.json${location.search}`)).json();
const harness = { now, theme: new URLSearchParams(location.search).get("theme") ?? "dark", plots: 0, purges: 0 };
document.documentElement.dataset.theme = harness.theme;
const clock = () => harness.now;
const model = new Model({ now: clock });
const scheduler = new Scheduler();
let loaded = null;

function plotly() {
  loaded ??= new Promise((resolve) => {
    const ready = () => {
      const { newPlot, purge } = globalThis.Plotly;
      globalThis.Plotly.newPlot = (...given) => ((harness.plots += 1), newPlot(...given));
      globalThis.Plotly.purge = (...given) => ((harness.purges += 1), purge(...given));
      resolve(globalThis.Plotly);
    };
    if (globalThis.Plotly) ready();
    else document.getElementById("plotly").addEventListener("load", ready);
  });
  return loaded;
}

const context = {
  series: (id) => model.series[id],
  value: (id) => model.value(id),
  level: (tile, id) => model.level(tile, id),
  history: (id) => model.history(id),
  locale,
  timezone: snapshot.wallboard.timezone,
  theme: () => harness.theme,
  template: () => themes[harness.theme],
  plotly,
  now: clock,
  word: wordsFor(locale),
  schedule: (draw) => scheduler.schedule(draw),
};
const board = new Board(document.getElementById("board"), model, context, () => {});
Object.assign(harness, { model, board, context });
harness.show = (frame) => {
  model.snapshot(frame);
  board.show();
};
harness.update = (values, levels = {}) => {
  const ids = model.update({ values });
  board.change(ids, "values");
  board.relevel(model.relevel({ levels }));
};
harness.tick = (ms) => {
  harness.now += ms;
  model.heard();
  board.tick(harness.now);
};
harness.switchTheme = (theme) => {
  harness.theme = document.documentElement.dataset.theme = theme;
  board.change(null, "theme");
};
globalThis.harness = harness;
harness.show(snapshot);
await plotly();
document.body.dataset.ready = "";
