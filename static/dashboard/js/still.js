// A still of what is on the page: a copy that looks the same anywhere, because every style it has is its own.

const BOX = [
  ...["display", "position", "top", "right", "bottom", "left", "z-index", "box-sizing", "width", "height", "float"],
  ...["margin-top", "margin-right", "margin-bottom", "margin-left"],
  ...["padding-top", "padding-right", "padding-bottom", "padding-left"],
  ...["border-top", "border-right", "border-bottom", "border-left", "border-radius", "border-collapse", "border-spacing"],
  ...["flex", "flex-direction", "flex-wrap", "align-items", "align-self", "align-content", "justify-content", "order"],
  ...["justify-items", "justify-self", "column-gap", "row-gap", "column-count", "column-width"],
  ...["grid-template-columns", "grid-template-rows", "grid-area", "grid-auto-rows", "grid-auto-flow"],
  ...["overflow", "overflow-clip-margin", "opacity", "visibility", "transform", "transform-origin", "clip-path"],
  ...["background-color", "background-image", "background-size", "background-position", "box-shadow", "outline"],
];
const TEXT = [
  ...["color", "font-family", "font-size", "font-weight", "font-style", "font-variant-numeric", "line-height"],
  ...["letter-spacing", "text-align", "text-transform", "text-overflow", "text-decoration", "white-space"],
  ...["vertical-align", "list-style", "word-break", "overflow-wrap", "table-layout"],
];
const ALL = [...BOX, ...TEXT];

function dress(copy, style) {
  const css = ALL.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
  copy.setAttribute("style", `${css};transition:none;animation:none;max-width:none;min-width:0;min-height:0`);
}

/** A type set a hair wider elsewhere must neither end in an ellipsis nor break: only what is cut here is cut there. */
function loosen(copy, original) {
  const whole = original.scrollWidth <= original.clientWidth && original.scrollHeight <= original.clientHeight;
  const text = original.childElementCount === 0 && original.textContent !== "";
  if (whole && text) copy.style.overflow = "visible";
  if (whole && text && original.getClientRects().length === 1) {
    const line = parseFloat(getComputedStyle(original).lineHeight) || 0;
    if (line && original.clientHeight < line * 1.7) copy.style.whiteSpace = "nowrap";
  }
}

function generated(original, which) {
  const style = getComputedStyle(original, which);
  const content = style.getPropertyValue("content");
  if (!content.startsWith('"') || style.display === "none") return [];
  const span = document.createElement("span");
  dress(span, style);
  span.textContent = content.slice(1, content.lastIndexOf('"'));
  return [span];
}

/** A copy of `original` with everything in it that is seen, and nothing that names, links or acts. */
export function still(original) {
  if (original instanceof SVGElement) {
    const copy = original.cloneNode(true);
    dress(copy, getComputedStyle(original));
    return copy;
  }
  const copy = document.createElement(original.localName === "button" || original.localName === "a" ? "span" : original.localName);
  dress(copy, getComputedStyle(original));
  if (original.localName === "img") copy.src = original.src;
  copy.append(...generated(original, "::before"));
  for (const child of original.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.data);
    if (child.nodeType === Node.ELEMENT_NODE && !unseen(child)) copy.append(still(child));
  }
  copy.append(...generated(original, "::after"));
  if (original.childElementCount === 0) loosen(copy, original);
  return copy;
}

function unseen(element) {
  return element.matches(".visually-hidden, script") || getComputedStyle(element).display === "none";
}
