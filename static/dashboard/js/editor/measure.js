// How large a tile's texts came out: the smallest, and its one value, as shares of the screen's short side.

/** The one value that a tile is about; those in lists are text among text. */
const VALUES = ".tb-line > .tb-value";

function* texts(element) {
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    // Marks and units say nothing by themselves; titles for screen readers are not looked at.
    if (!walk.currentNode.textContent.trim() || parent.closest(".visually-hidden, .tb-mark, .tb-unit, style, title")) continue;
    if (parent.checkVisibility({ visibilityProperty: true })) yield parent;
  }
}

/** @returns {{text: number, value: number}} shares; 0 where there is none */
export function measure(article, side = Math.min(innerWidth, innerHeight)) {
  let text = Infinity;
  let value = Infinity;
  for (const element of texts(article)) {
    const size = parseFloat(getComputedStyle(element).fontSize);
    text = Math.min(text, size);
    if (element.matches(VALUES)) value = Math.min(value, size);
  }
  return { text: text === Infinity ? 0 : text / side, value: value === Infinity ? 0 : value / side };
}
