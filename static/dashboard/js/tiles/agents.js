// A cell per agent: name, mark and word of the state, reason, and a timer counted here; a strip of counts above.

import { stateWord } from "../format.js";
import { emWidth, setScale, smallType } from "./fit.js";
import { pageAt, pageDots } from "./pages.js";
import { changesValues, el, MARKS, markValue, setCount, setData, setText } from "./parts.js";
import { counts, glyphOf, levelOf, roster, sorted, timerText } from "./roster.js";

const CELLS_MOST = 24;
// In units of the smallest type: a name of some ten letters beside a timer, over a line for the state.
const CELL_WIDTH = 8.2;
const CELL_HEIGHT = 2.75;

/** How many lines the strip takes when it breaks between counts. */
function linesOf(widths, room) {
  let [lines, used] = [1, 0];
  for (const width of widths) {
    if (used > 0 && used + width - 0.9 > room) [lines, used] = [lines + 1, 0];
    used += width;
  }
  return lines;
}

function makeCell() {
  const name = el("span", "tb-agent-name");
  const timer = el("span", "tb-agent-timer");
  const state = el("span", "tb-agent-state", el("span", "tb-glyph"), el("span", "tb-agent-word"));
  return el("div", "tb-agent", name, timer, state);
}

export function create(body, tile, context) {
  body.classList.add("tb", "tb-agents");
  const strip = el("div", "tb-counts");
  const grid = el("div", "tb-grid");
  const dots = pageDots(context);
  body.append(strip, grid, dots.element);
  const { limits } = tile.options;
  let all = [];
  let visible = [];
  let page = -1;
  let columns = 1;
  let fits = CELLS_MOST;

  function measure() {
    const [width, height] = [body.clientWidth, body.clientHeight];
    if (!width || !height) return;
    const small = smallType(body);
    const counted = [...strip.children].map(({ children }) => emWidth(children[1].textContent + children[2].textContent) + 1.3);
    const room = (scale) => {
      const size = small * scale;
      // The strip of counts takes further lines where there is room, and else goes without its words.
      const wanted = linesOf(counted, width / size);
      const lines = wanted <= Math.max(1, Math.floor(height / size / 5.5)) ? wanted : 0;
      const across = Math.max(1, Math.min(6, Math.floor(width / (size * CELL_WIDTH))));
      const free = height / size - 0.8 - Math.max(1, lines) * 1.15;
      const down = Math.max(1, Math.floor(free / CELL_HEIGHT));
      // Where not one cell fits below it, the strip goes: people before counts.
      return { lines, across, down, cells: Math.min(CELLS_MOST, across * down), bare: free < CELL_HEIGHT - 0.3 };
    };
    const { lines, across, down, cells, bare } = room(setScale(body, (scale) => room(scale).cells >= all.length));
    fits = cells;
    // A few agents get larger cells instead of empty places.
    columns = Math.min(across, Math.max(1, Math.ceil(all.length / down)));
    const rows = down;
    setData(strip, { lines });
    strip.hidden = bare;
    strip.style.setProperty("--lines", Math.max(1, lines));
    grid.style.setProperty("--columns", columns);
    grid.style.setProperty("--rows", Math.min(rows, Math.max(1, Math.ceil(Math.min(all.length, fits) / columns))));
  }

  function fillCell(cell, entry, now) {
    const [name, timer, state] = cell.children;
    const [glyph, word] = state.children;
    const level = levelOf(entry, limits, now);
    const { shown } = entry;
    setText(name, entry.name);
    name.title = entry.name;
    const words = entry.state === null ? `${shown.text} ${shown.note}`.trim() : stateWord(entry.state, context.word);
    const full = entry.reason ? `${words} · ${entry.reason}` : words;
    setText(glyph, entry.state === null ? "" : MARKS[level] ?? glyphOf(entry.state));
    setText(word, full);
    word.title = full;
    setText(timer, timerText(entry, now));
    markValue(cell, entry.id, shown);
    setData(cell, { level, stat: entry.state, agent: entry.key });
  }

  function turn(now) {
    const pages = Math.ceil(all.length / fits) || 1;
    page = pageAt(now, pages);
    visible = all.slice(page * fits, (page + 1) * fits);
    dots.show(page, pages);
    setCount(grid, visible.length, makeCell);
    visible.forEach((entry, index) => fillCell(grid.children[index], entry, now));
  }

  function show() {
    const now = context.now();
    all = sorted(roster(tile, context), tile.options, now);
    const found = counts(all, context.word);
    setCount(strip, found.length, () => el("span", "tb-count", el("i", "tb-glyph"), el("b"), el("span")));
    found.forEach(({ state, word, count }, index) => {
      const [glyph, number, label] = strip.children[index].children;
      setText(glyph, state === null ? "" : glyphOf(state));
      strip.children[index].title = word;
      setText(number, String(count));
      setText(label, word);
      setData(strip.children[index], { stat: state ?? "" });
    });
    body.classList.toggle("no-one", all.length === 0);
    body.dataset.empty = all.length ? "" : context.word("no_agents");
    measure();
    turn(now);
  }

  show();
  return {
    update(ids, why) {
      if (changesValues(ids, why)) show();
    },
    tick(now) {
      const pages = Math.ceil(all.length / fits) || 1;
      const crossed = visible.some((entry, index) => levelOf(entry, limits, now) !== grid.children[index]?.dataset.level);
      if (crossed) show();
      else if (pageAt(now, pages) !== page) turn(now);
      else visible.forEach((entry, index) => setText(grid.children[index].children[1], timerText(entry, now)));
    },
    resize() {
      measure();
      turn(context.now());
    },
    destroy() {},
  };
}
