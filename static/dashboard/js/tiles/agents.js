// A cell per agent: name, mark and word of the state, reason, and a timer counted here; a strip of counts above.

import { stateWord } from "../format.js";
import { emWidth, linesOf, setScale, smallType } from "./fit.js";
import { pageAt, pageDots, spans } from "./pages.js";
import { changesValues, el, MARKS, markValue, setCount, setData, setText } from "./parts.js";
import { counts, glyphOf, isExplained, levelOf, roster, sorted, timerText } from "./roster.js";

const CELLS_MOST = 24;
// In units of the smallest type: a name of some ten letters beside a timer, over a line for the state.
const CELL_WIDTH = 8.2;
const CELL_HEIGHT = 2.5;
const CELL_WITH_REASON = 3.75;

function makeCell() {
  const name = el("span", "tb-agent-name");
  const timer = el("span", "tb-agent-timer");
  const words = el("span", "tb-agent-words", el("span", "tb-agent-word"), el("span", "tb-agent-reason"));
  const state = el("span", "tb-agent-state", el("span", "tb-glyph"), words);
  return el("div", "tb-agent", name, timer, state);
}

export function create(body, tile, context) {
  body.classList.add("tb", "tb-agents");
  const strip = el("div", "tb-counts");
  const grid = el("div", "tb-grid");
  const dots = pageDots(context);
  body.append(strip, grid, dots.element);
  const { limits } = tile.options;
  let everyone = [];
  let all = [];
  let visible = [];
  let page = -1;
  let pages = [[0, 0]];
  let columns = 1;
  let roomy = false;
  let wordRoom = 0;

  function measure() {
    const [width, height] = [body.clientWidth, body.clientHeight];
    if (!width || !height) return;
    const small = smallType(body);
    const counted = [...strip.children].map(({ children: [, number, label], dataset }) => {
      const mark = isExplained(dataset.stat) ? 1.2 : 0;
      return emWidth(number.textContent) + emWidth(label.textContent, 400) + 1.2 + mark;
    });
    const room = (scale) => {
      const size = small * scale;
      // The strip of counts takes further lines where there is room, and else goes without its words.
      const wanted = linesOf(counted, width / size, 0.9);
      const lines = wanted <= Math.max(1, Math.floor(height / size / 5.5)) ? wanted : 0;
      const across = Math.max(1, Math.min(6, Math.floor(width / (size * CELL_WIDTH))));
      const free = height / size - 0.8 - Math.max(1, lines) * 1.15;
      const down = Math.max(1, Math.floor(free / CELL_HEIGHT));
      // Where not one cell fits below it, the strip goes: people before counts.
      return { lines, across, down, free, cells: Math.min(CELLS_MOST, across * down), bare: free < CELL_HEIGHT };
    };
    const scale = setScale(body, (one) => room(one).cells >= all.length);
    const { lines, across, down, bare, free } = room(scale);
    // A few agents get larger cells instead of empty places.
    columns = Math.min(across, Math.max(1, Math.ceil(all.length / down)));
    pages = spans(Math.ceil(all.length / columns), Math.min(down, Math.floor(CELLS_MOST / columns)));
    wordRoom = width / columns / (small * scale) - 2.2;
    setData(strip, { lines });
    strip.hidden = bare;
    strip.style.setProperty("--lines", Math.max(1, lines));
    grid.style.setProperty("--columns", columns);
    // A reason stands below its state where each cell has room for a third line.
    roomy = free / Math.max(1, ...pages.map(([from, to]) => to - from)) >= CELL_WITH_REASON;
    grid.classList.toggle("roomy", roomy);
  }

  function fillCell(cell, entry, now) {
    const [name, timer, state] = cell.children;
    const [glyph, words] = state.children;
    const [word, reason] = words.children;
    const level = levelOf(entry, limits, now);
    const { shown } = entry;
    setText(name, entry.name);
    name.title = entry.name;
    const said = entry.state === null ? `${shown.text} ${shown.note}`.trim() : stateWord(entry.state, context.word);
    setText(glyph, entry.state === null ? "" : MARKS[level] ?? glyphOf(entry.state));
    setText(word, said);
    setText(reason, entry.reason);
    words.title = entry.reason ? `${said} · ${entry.reason}` : said;
    setText(timer, timerText(entry, now));
    markValue(cell, entry.id, shown);
    // Where both do not fit on one line, the mark stands for the word; the strip says what it means.
    const brief = isExplained(entry.state) && entry.reason && !roomy && emWidth(`${said} · ${entry.reason}`, 400) > wordRoom;
    setData(cell, { level, stat: entry.state, agent: entry.key, brief: brief || null });
  }

  function turn(now) {
    page = pageAt(now, pages.length);
    const [from, to] = pages[page];
    visible = all.slice(from * columns, to * columns);
    dots.show(page, pages.length);
    // The cells of each page fill the tile: none ends in an empty row.
    grid.style.setProperty("--rows", Math.max(1, to - from));
    setCount(grid, visible.length, makeCell);
    visible.forEach((entry, index) => fillCell(grid.children[index], entry, now));
  }

  function show() {
    const now = context.now();
    everyone = sorted(roster(tile, context), tile.options, now);
    all = everyone.filter(({ state }) => !tile.options.hide?.includes(state));
    const found = counts(everyone, context.word);
    setCount(strip, found.length, () => el("span", "tb-count", el("i", "tb-glyph"), el("b"), el("span")));
    found.forEach(({ state, word, count }, index) => {
      const [glyph, number, label] = strip.children[index].children;
      setText(glyph, state === null ? "" : glyphOf(state));
      strip.children[index].title = word;
      setText(number, String(count));
      setText(label, word);
      setData(strip.children[index], { stat: state ?? "", explained: isExplained(state) || null });
    });
    body.classList.toggle("no-one", everyone.length === 0);
    body.dataset.empty = everyone.length ? "" : context.word("no_agents");
    measure();
    turn(now);
  }

  show();
  return {
    update(ids, why) {
      if (changesValues(ids, why)) show();
    },
    tick(now) {
      const crossed = visible.some((entry, index) => levelOf(entry, limits, now) !== grid.children[index]?.dataset.level);
      if (crossed) show();
      else if (pageAt(now, pages.length) !== page) turn(now);
      else visible.forEach((entry, index) => setText(grid.children[index].children[1], timerText(entry, now)));
    },
    resize() {
      measure();
      turn(context.now());
    },
    destroy() {},
  };
}
