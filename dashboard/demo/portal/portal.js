// The portal's side of a frame: hands it a token when it asks for one, and gives it the height that it wants.

const LINES_MOST = 60;
const RETRY_MS = 5000;

const { site, boards } = document.body.dataset;
const log = document.querySelector("#log");
const renew = document.querySelector("#renew");
const frames = new Map();

function element(tag, text = "", properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, properties);
}

function note(board, kind, text) {
  const line = element("li");
  line.dataset.kind = kind;
  line.dataset.board = board.slug;
  line.append(element("time", new Date().toLocaleTimeString()), element("b", board.title), element("span", text));
  log.prepend(line);
  while (log.childElementCount > LINES_MOST) log.lastElementChild.remove();
}

async function handOver(board, frame) {
  try {
    // The portal's own route, on its own server.
    const answer = await fetch(`/token?board=${encodeURIComponent(board.slug)}`);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    frame.contentWindow.postMessage({ type: "wallboard:token", token: await answer.text() }, site);
    note(board, "token", "← a token");
  } catch (error) {
    note(board, "failed", `no token: ${error.message}`);
    setTimeout(() => handOver(board, frame), RETRY_MS);
  }
}

addEventListener("message", ({ origin, source, data }) => {
  const known = origin === site && frames.get(source);
  if (!known) return;
  const { board, frame } = known;
  switch (data?.type) {
    case "wallboard:ready":
      note(board, "ready", "ready: wants a token");
      handOver(board, frame);
      break;
    case "wallboard:token-expiring":
      note(board, "token-expiring", "the token ends soon");
      if (renew.checked) handOver(board, frame);
      break;
    case "wallboard:resize":
      note(board, "resize", `is ${data.height} px high`);
      frame.style.height = `${data.height}px`;
      break;
    case "wallboard:link":
      note(board, "link", `link: ${data.state}`);
      break;
  }
});

for (const board of JSON.parse(boards)) {
  const section = element("section");
  const frame = element("iframe", "", { title: board.title });
  frame.dataset.board = board.slug;
  section.append(element("h2", board.title), frame);
  document.querySelector("#boards").append(section);
  frames.set(frame.contentWindow, { board, frame });
  // From here on it may speak.
  frame.src = board.address;
}
