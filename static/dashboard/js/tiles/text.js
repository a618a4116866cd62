// News and instructions: as large as they fit, else as pages that turn.

import { smallType } from "./fit.js";
import { pageAt, pageDots } from "./pages.js";
import { el } from "./parts.js";

const LARGEST = 2.2;
const STEPS = 7;

export function create(body, tile, context) {
  body.classList.add("tb", "tb-text");
  const content = el("div", "tb-prose");
  const dots = pageDots(context);
  // The one place where HTML is set: the server has sanitised it, and a template runs nothing.
  const template = document.createElement("template");
  template.innerHTML = tile.html ?? "";
  content.append(template.content);
  const empty = !content.textContent.trim();
  if (empty) content.append(el("p", "tb-quiet", context.word("nothing")));
  body.append(content, dots.element);
  let pages = 1;

  function fits(size) {
    content.style.fontSize = `${size.toFixed(1)}px`;
    return content.scrollWidth <= content.clientWidth + 1 && content.scrollHeight <= content.clientHeight + 1;
  }

  function fit() {
    const small = smallType(body);
    if (!content.clientHeight) return;
    dots.show(0, 1);
    let [low, high] = [small, empty ? small : small * LARGEST];
    if (!fits(high)) {
      for (let step = 0; step < STEPS; step += 1) {
        const middle = (low + high) / 2;
        if (fits(middle)) low = middle;
        else high = middle;
      }
      if (!fits(low)) dots.show(0, 2);
    }
    const gap = parseFloat(getComputedStyle(content).columnGap) || 0;
    pages = Math.max(1, Math.round((content.scrollWidth + gap) / (content.clientWidth + gap)));
    turn(context.now());
  }

  function turn(now) {
    const page = pageAt(now, pages);
    dots.show(page, pages);
    const gap = parseFloat(getComputedStyle(content).columnGap) || 0;
    content.scrollLeft = page * (content.clientWidth + gap);
  }

  fit();
  return {
    update() {},
    tick(now) {
      if (pages > 1) turn(now);
    },
    resize: fit,
    destroy() {},
  };
}
