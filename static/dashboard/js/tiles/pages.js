// Pages that turn by themselves: what does not fit at a readable size is shown a few seconds later.

import { el, setCount, setData, setText } from "./parts.js";

const PAGE_MS = 10_000;

/** The page that is due at `now` of `count`; from the clock, so that all tiles of a wall turn together. */
export function pageAt(now, count) {
  return count > 1 ? Math.floor(now / PAGE_MS) % count : 0;
}

/** `[from, to]` of each page of `count` when at most `most` fit; pages differ by one at most: 5, 4, 4 and not 5, 5, 3. */
export function spans(count, most) {
  const pages = Math.max(1, Math.ceil(count / most));
  const start = (page) => Math.round((page * count) / pages);
  return Array.from({ length: pages }, (_, page) => [start(page), start(page + 1)]);
}

/** How many of `count` stand on each page when at most `fits` do: 3 and 3 rather than 5 and 1. */
export function share(count, fits) {
  return Math.max(1, Math.ceil(count / Math.max(1, Math.ceil(count / fits))));
}

/** Dots that say which page is shown; hidden while there is only one. */
export function pageDots(context) {
  const dots = el("div", "tb-dots");
  const label = el("span", "visually-hidden");
  const list = el("span", "tb-dot-list");
  list.setAttribute("aria-hidden", "true");
  dots.append(label, list);
  return {
    element: dots,
    show(page, count) {
      dots.hidden = count <= 1;
      setData(dots, { page: page + 1, pages: count });
      setText(label, count > 1 ? context.word("page_of", { page: page + 1, pages: count }) : "");
      setCount(list, count > 1 ? count : 0, () => el("i"));
      [...list.children].forEach((dot, index) => dot.classList.toggle("on", index === page));
    },
  };
}
