// Objects by statistics; a real table, so that a screen reader can walk it.

import { emWidth, setScale, smallType } from "./fit.js";
import { pageAt, pageDots, share } from "./pages.js";
import { changesValues, el, markValue, present, setCount, setText } from "./parts.js";

const ROWS_MOST = 8;
const COLUMNS_MOST = 5;
const ROW_HEIGHT = 1.3;
const NAME_LEAST = 4;

const cell = () => el("td", "", el("span", "tb-mark"), el("span", "tb-cell"));

/** `[from, to]` of each page of columns, as many as fit into `room` em and never more than five. */
export function columnPages(widths, room) {
  const pages = [];
  let [from, used] = [0, 0];
  widths.forEach((width, index) => {
    if (index > from && (used + width > room || index - from >= COLUMNS_MOST)) {
      pages.push([from, index]);
      [from, used] = [index, 0];
    }
    used += width;
  });
  return [...pages, [from, widths.length]];
}

export function create(body, tile, context) {
  body.classList.add("tb", "tb-table");
  const corner = el("td", "tb-corner");
  const headRow = el("tr", "", corner);
  const rowsBody = el("tbody");
  const dots = pageDots(context);
  const columns = el("colgroup", "", el("col", "tb-names"));
  body.append(el("table", "", columns, el("thead", "", headRow), rowsBody), dots.element);
  let rowsFit = ROWS_MOST;
  let parts = [[0, tile.columns.length]];
  let page = -1;
  const shownOf = (id) => (id === null ? null : present(tile, id, context));
  const textOf = (shown) => (shown ? shown.text + (shown.unit && ` ${shown.unit}`) : "");
  const pageCount = () => Math.ceil(tile.rows.length / rowsFit) * parts.length;

  function measure() {
    if (!body.clientWidth || !body.clientHeight) return;
    const small = smallType(body);
    const widths = tile.columns.map(({ title }, index) => {
      const cells = tile.rows.map(({ series }) => emWidth(textOf(shownOf(series[index]))) + 1.9);
      const words = title.split(/\s+/).map((word) => emWidth(word) + 0.8);
      return Math.min(Math.max(2.6, ...cells, ...words), 9);
    });
    const names = Math.max(NAME_LEAST, ...tile.rows.map(({ title }) => emWidth(title) + 0.4));
    const wanted = widths.reduce((sum, one) => sum + one, names);
    const scale = setScale(
      body,
      (one) =>
        body.clientWidth / (small * one) >= wanted &&
        body.clientHeight / (small * one) >= 2.3 + ROW_HEIGHT * Math.min(tile.rows.length, ROWS_MOST, tile.options.limit),
    );
    layOut(widths, names, body.clientWidth / (small * scale), body.clientHeight / (small * scale));
  }

  function layOut(widths, longest, width, height) {
    const names = Math.min(longest, Math.max(NAME_LEAST, width * 0.4));
    parts = columnPages(widths, width - names);
    const twoLines = height >= 5 && tile.columns.some(({ title }, index) => emWidth(title) + 0.8 > widths[index]);
    const head = twoLines ? 2.3 : 1.3;
    const room = (dotted) => Math.floor((height - head - (dotted ? 0.5 : 0)) / ROW_HEIGHT);
    const most = Math.min(ROWS_MOST, tile.options.limit);
    rowsFit = Math.max(1, Math.min(most, room(parts.length > 1)));
    if (rowsFit < tile.rows.length) rowsFit = share(tile.rows.length, Math.max(1, Math.min(most, room(true))));
    body.style.setProperty("--names", names.toFixed(2));
    body.classList.toggle("one-line", !twoLines);
    page = -1;
  }

  function fillRow(row, { title, series }, [from, to]) {
    const [name, ...cells] = row.children;
    setText(name, title);
    name.title = title;
    series.slice(from, to).forEach((id, index) => {
      const shown = shownOf(id);
      const [mark, value] = cells[index].children;
      setText(mark, shown?.mark ?? "");
      setText(value, textOf(shown));
      value.title = shown?.note ?? "";
      cells[index].dataset.level = shown?.level ?? "normal";
      if (shown) markValue(value, id, shown);
      else value.removeAttribute("data-series");
    });
  }

  function turn(now) {
    const pages = pageCount();
    page = pageAt(now, pages);
    const first = Math.floor(page / parts.length) * rowsFit;
    const part = parts[page % parts.length];
    const rows = tile.rows.slice(first, first + rowsFit);
    dots.show(page, pages);
    const heads = tile.columns.slice(...part);
    setCount(headRow, heads.length + 1, () => el("th"));
    // The title of a single column may begin over the names.
    corner.hidden = heads.length === 1;
    heads.forEach(({ title }, index) => {
      const head = headRow.children[index + 1];
      head.scope = "col";
      head.colSpan = heads.length === 1 ? 2 : 1;
      head.title = title;
      setText(head, title);
    });
    setCount(rowsBody, rows.length, () => {
      const name = el("th");
      name.scope = "row";
      return el("tr", "", name);
    });
    rows.forEach((row, index) => {
      setCount(rowsBody.children[index], heads.length + 1, cell);
      fillRow(rowsBody.children[index], row, part);
    });
  }

  const show = () => turn(context.now());
  measure();
  show();
  return {
    update(ids, why) {
      if (changesValues(ids, why)) show();
    },
    tick(now) {
      if (pageAt(now, pageCount()) !== page) turn(now);
    },
    resize() {
      measure();
      show();
    },
    destroy() {},
  };
}
