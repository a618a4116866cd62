// One Plotly graph for the life of a tile: made once, redrawn when its data changed and its pace allows it.

import { smallType } from "./fit.js";

const CONFIG = { displayModeBar: false, staticPlot: true, responsive: false };

// Widths of lines in px belong to a type of this size; on other screens they grow and shrink with it.
const TYPE_OF_WIDTHS = 51;
const LIMIT_WIDTHS = { goal: 5, warning: 3, critical: 3 };

function inkOf(figure, original, small) {
  const width = (px) => Math.max(1.5, (px * small) / TYPE_OF_WIDTHS);
  figure.data.forEach((trace, index) => {
    const wanted = original.data[index].line?.width;
    if (wanted) trace.line = { ...trace.line, width: width(wanted) };
  });
  for (const shape of figure.layout.shapes ?? []) {
    const wanted = LIMIT_WIDTHS[shape.templateitemname];
    if (wanted) shape.line = { ...shape.line, width: width(wanted) };
  }
}

/**
 * A chart in `holder`. `fill(figure, {width, height, small})` puts values into the tile's figure, in place; it is
 * called right before each drawing. `pace` is the least time between two drawings of new data, in ms.
 */
export function chart(holder, tile, context, { fill, pace = 1000 }) {
  const figure = structuredClone(tile.figure);
  let made = false;
  let gone = false;
  let asked = false;
  let timer = 0;
  let lastAt = -Infinity;
  let plotly = null;

  async function draw() {
    asked = false;
    const size = { width: holder.clientWidth, height: holder.clientHeight };
    if (gone || size.width < 4 || size.height < 4) return;
    lastAt = performance.now();
    fill(figure, size);
    inkOf(figure, tile.figure, smallType(holder));
    Object.assign(figure.layout, size, { autosize: false, template: context.template() });
    const { data, layout } = figure;
    if (made) await plotly.react(holder, data, layout, CONFIG);
    else {
      made = true;
      await plotly.newPlot(holder, data, layout, CONFIG);
    }
  }

  function ask() {
    timer = 0;
    if (asked || gone) return;
    asked = true;
    if (plotly) context.schedule(draw);
    else context.plotly().then(ready);
  }

  /** Each chart is drawn in a task of its own, also when all have waited for the library. */
  function ready(loaded) {
    plotly = loaded;
    context.schedule(draw);
  }

  return {
    /** New data: drawn at the pace of the chart. */
    update() {
      if (timer || asked || gone) return;
      const wait = pace - (performance.now() - lastAt);
      if (wait > 0) timer = setTimeout(ask, wait);
      else ask();
    },
    /** Another size or theme: drawn as soon as the page has time. */
    redraw() {
      clearTimeout(timer);
      ask();
    },
    destroy() {
      gone = true;
      clearTimeout(timer);
      if (made) plotly.purge(holder);
    },
  };
}

/** Plotly compares arrays by identity: new values come as new arrays. The colours come from the page's style sheet. */
export function roleColor(element, role) {
  return getComputedStyle(element).getPropertyValue(`--${role}`).trim();
}
