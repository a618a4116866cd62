// Starts the page: reads what the server put into it and joins the parts.

import { Announcer } from "./announce.js";
import { Board } from "./board.js";
import { Client } from "./client.js";
import { Clock } from "./clock.js";
import { Embed } from "./embed.js";
import { Lamp, judge } from "./freshness.js";
import { startLater } from "./later.js";
import { Model } from "./model.js";
import { Notice } from "./notice.js";
import { Plotly } from "./plotly.js";
import { reloadGently } from "./reload.js";
import { Scheduler } from "./scheduler.js";
import { signInButton } from "./signinwindow.js";
import { Theme } from "./theme.js";
import { VersionWatch, reloadWhenAllowed } from "./version.js";
import { wordsFor } from "./words.js";

const find = (id) => document.getElementById(id);
const read = (id) => JSON.parse(find(id).textContent);

const page = read("page");
const themes = read("themes");
const word = wordsFor(page.locale);
const theme = new Theme();
const clock = new Clock(find("clock"));
const scheduler = new Scheduler();
const model = new Model({ now: clock.now, screenReason: word("screen_lost") });
const lamp = new Lamp(find("lamp"), find("lamp-text"));
const notice = new Notice(find("notice"), page, word);
const socket = { open: false, closedAt: Date.now() };
const announcer = new Announcer(find("announcer"), word);

const context = {
  series: (id) => model.series[id],
  value: (id) => model.value(id),
  level: (tile, id) => model.level(tile, id),
  history: (id) => model.history(id),
  locale: page.locale,
  timezone: "UTC",
  theme: () => theme.current(),
  template: () => themes[theme.current()],
  plotly: () => plotly.load(),
  now: clock.now,
  word,
  schedule: (draw) => scheduler.schedule(draw),
  edit: page.edit,
};
const board = new Board(find("board"), model, context, (text) => announcer.say(text));
const plotly = new Plotly(find("plotly").href, board.filled);

const embed = page.embed ? new Embed(read("origins"), (token) => renew(token), signInButton(page.window, word)) : null;
notice.offer = embed?.offer;
const reload = () => (embed ? embed.reload() : reloadGently());
// A frame is its rotation's to load anew, which counts its reloads in the same storage.
const version = page.framed ? null : new VersionWatch(page.version, reload);
const url = new URL(page.socket, location.href);
url.protocol = url.protocol.replace("http", "ws");
const client = new Client({ url: url.href, token: () => embed?.token ?? null, onFrame, onState, now: clock.now });

function renew() {
  notice.hide();
  if (socket.open) {
    client.authenticate();
    embed.admitted();
  } else client.open();
}

function onFrame(frame) {
  if (frame.type === "heartbeat") clock.correct(frame.at);
  const worse = model.screenState();
  model.heard();
  handlers[frame.type](frame);
  if (worse !== "ok" && frame.type !== "snapshot") board.change(null, "values");
  refresh();
}

const handlers = {
  snapshot(frame) {
    model.snapshot(frame);
    const { title, timezone } = frame.wallboard;
    document.title = find("board-title").textContent = title;
    context.timezone = timezone;
    clock.configure(timezone, page.locale);
    clock.tick();
    board.show();
    embed?.measure();
    version?.check(frame.version);
  },
  update(frame) {
    const ids = model.update(frame);
    const changes = model.relevel(frame);
    if (changes.length > 0) board.relevel(changes);
    if (ids.size > 0) board.change(ids, "values");
  },
  link: (frame) => model.link(frame),
  heartbeat: (frame) => model.beat(frame.bridge, frame.at),
};

function onState({ state, code, message, reason }) {
  const opened = state === "open" && !socket.open;
  // Tries that fail do not start the time anew: the socket is closed since it was last open.
  if (socket.open && state !== "open") socket.closedAt = clock.now();
  Object.assign(socket, { open: state === "open", refused: state === "refused" });
  if (opened) (notice.hide(), embed?.admitted());
  document.documentElement.toggleAttribute("data-refused", socket.refused);
  if (socket.refused) {
    notice.refused(code, message, reason);
    if (code === 4401) embed?.askToken();
  }
  refresh();
}

let screenState = "ok";
function refresh() {
  const own = model.screenState();
  if (own !== screenState) board.change(null, "values");
  screenState = own;
  const verdict = judge(model, socket, context);
  if (lamp.show(verdict)) embed?.link(verdict.state);
}

theme.onChange(() => board.change(null, "theme"));
setInterval(() => {
  clock.tick();
  refresh();
  board.tick(clock.now());
}, 1_000);
/** A frame without a good token has nothing to try again with. */
function nudge() {
  const hopeless = embed && (!embed.token || client.refused);
  if (!socket.open && !hopeless) client.nudge();
}
addEventListener("online", nudge);
document.addEventListener("visibilitychange", () => !document.hidden && nudge());
addEventListener("pagehide", (event) => event.persisted && client.close());
addEventListener("pageshow", (event) => event.persisted && client.open());

const parts = { page, model, board, context, clock, socket, theme, scheduler, announcer };
startLater(parts, () => page.framed || reloadWhenAllowed(reload));
if (embed && !embed.token) notice.say(word("embed_token"), embed.offer);
else client.open();
if (embed) {
  embed.watchHeight(document.querySelector(".board-head"), find("board"));
  embed.ready();
}
// For watchdog.js, which waits for it.
document.documentElement.dataset.started = "";
