"""What is wrong with the layout of a page, judged in the browser; each script returns what it found, in words."""

#: Beyond the screen or beyond its tile.
OVERFLOWING = """() => {
  const out = [];
  for (const tile of document.querySelectorAll(".tile, .board-head")) {
    const frame = tile.getBoundingClientRect();
    const inside = frame.left >= -0.5 && frame.right <= innerWidth + 0.5;
    if (!inside) out.push(`${tile.dataset.tile ?? "header"} leaves the screen`);
    for (const part of tile.querySelectorAll(":scope > *")) {
      const box = part.getBoundingClientRect();
      if (box.width && (box.bottom > frame.bottom + 1 || box.right > frame.right + 1 || box.top < frame.top - 1))
        out.push(`${part.className} of ${tile.dataset.tile} overflows`);
    }
  }
  return out;
}"""

#: Of the text that people read, the smallest type: every text node that is drawn outside of charts.
SMALLEST = """() => {
  let least = Infinity, text = "";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest("script, .visually-hidden")) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < least) [least, text] = [size, walk.currentNode.textContent.trim()];
  }
  return [least, text];
}"""

#: The smallest type within charts, which have their own font.
SMALLEST_IN_CHARTS = """() => Math.min(1e6, ...[...document.querySelectorAll(".main-svg text")]
  .filter((one) => one.textContent.trim()).map((one) => parseFloat(getComputedStyle(one).fontSize)))"""

#: Values, and the words of states, that are cut off.
CLIPPED = """() => {
  const faults = [];
  const names = ["value", "unit", "cell", "row-value", "label-value", "slice-value", "agent-timer", "total", "count b"];
  const values = names.map((name) => `.tb-${name}`).join();
  const cut = (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline";
  for (const tile of document.querySelectorAll(".tile")) {
    const key = tile.dataset.tile;
    const body = tile.querySelector(".tile-body");
    const [frame, place] = [tile.getBoundingClientRect(), body.getBoundingClientRect()];
    if (body.scrollWidth > body.clientWidth + 1) faults.push(`${key}: body is ${body.scrollWidth} wide`);
    for (const one of body.querySelectorAll(values)) {
      const box = one.getBoundingClientRect();
      if (box.width === 0 || !one.checkVisibility({ visibilityProperty: true })) continue;
      const said = `${key}: ${one.className} “${one.textContent}”`;
      if (box.left < place.left - 1 || box.right > place.right + 1 || cut(one)) faults.push(`${said} is cut at a side`);
      const middle = (box.top + box.bottom) / 2;
      if (middle < place.top || middle > place.bottom) faults.push(`${said} is out of its place`);
      if (box.top < frame.top - 1 || box.bottom > frame.bottom + 1) faults.push(`${said} is out of its tile`);
    }
    for (const one of body.querySelectorAll(".tb-agent"))
      if (one.scrollHeight > one.clientHeight + 1) faults.push(`${key}: the cell “${one.textContent}” is cut`);
    const charts = [...body.querySelectorAll(".tb-bullet, .tb-spark, .tb-plot")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.getBoundingClientRect());
    for (const one of tile.querySelectorAll(".tile-foot, .tile-head")) {
      const box = one.getBoundingClientRect();
      const over = (chart) => Math.min(chart.bottom, box.bottom) - Math.max(chart.top, box.top) > 3
        && Math.min(chart.right, box.right) - Math.max(chart.left, box.left) > 3;
      if (one.textContent && charts.some(over)) faults.push(`${key}: “${one.textContent}” stands over a chart`);
    }
    // A reason may be longer than its place, and so may the name of what a level is about.
    if (tile.dataset.state === "rejected" || tile.dataset.level !== "normal") continue;
    for (const one of tile.querySelectorAll(".tile-foot-text"))
      if (cut(one) || one.scrollHeight > one.clientHeight + 1) faults.push(`${key}: “${one.textContent}” is cut`);
  }
  return faults;
}"""

#: Text over other text of the same tile, by the height of its capitals.
OVERLAPPING = """() => {
  const faults = [];
  for (const tile of document.querySelectorAll(".tile")) {
    const found = [];
    const walk = document.createTreeWalker(tile, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const element = walk.currentNode.parentElement;
      const text = walk.currentNode.textContent.trim();
      if (!text || /^[—…○]$/.test(text) || !element.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest(".visually-hidden, .main-svg, .tb-prose, [data-brief] .tb-agent-word")) continue;
      const range = document.createRange();
      range.selectNodeContents(walk.currentNode);
      const size = parseFloat(getComputedStyle(element).fontSize);
      const clips = [];
      for (let one = element; one !== tile; one = one.parentElement)
        if (getComputedStyle(one).overflowX === "hidden") clips.push(one.getBoundingClientRect());
      for (const box of range.getClientRects()) {
        const middle = (box.top + box.bottom) / 2;
        const ink = { left: box.left, right: box.right, top: middle - 0.36 * size, bottom: middle + 0.36 * size, text };
        for (const clip of clips) {
          ink.left = Math.max(ink.left, clip.left), ink.right = Math.min(ink.right, clip.right);
          ink.top = Math.max(ink.top, clip.top), ink.bottom = Math.min(ink.bottom, clip.bottom);
        }
        if (ink.right > ink.left && ink.bottom > ink.top) found.push(ink);
      }
    }
    found.forEach((one, index) => found.slice(index + 1).forEach((other) => {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (one.text !== other.text && across > 2 && down > 2)
        faults.push(`${tile.dataset.tile}: “${one.text}” over “${other.text}”`);
    }));
  }
  return faults;
}"""

#: Until the board is filled, with these tiles, and every chart that has a place is drawn at its size.
DRAWN = """async (keys) => {
  const ready = () => {
    const board = document.getElementById("board");
    const tiles = [...board.querySelectorAll(".tile")].map((tile) => tile.dataset.tile);
    if (board.hasAttribute("aria-busy") || tiles.sort().join() !== [...keys].sort().join()) return false;
    return [...board.querySelectorAll(".tb-plot, .tb-spark, .tb-bullet")].every((holder) => {
      const [width, height] = [holder.clientWidth, holder.clientHeight];
      if (width < 4 || height < 4 || !holder.checkVisibility({ visibilityProperty: true })) return true;
      const chart = holder.querySelector(".main-svg");
      return chart && Math.abs(chart.clientWidth - width) <= 1 && Math.abs(chart.clientHeight - height) <= 1;
    });
  };
  for (const until = performance.now() + 20_000; performance.now() < until;) {
    if (ready()) return true;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return false;
}"""
