"""The parts of a TV's own page, as they are shipped, without a server that has paired anything."""

import json
from typing import Any

from django.template.loader import render_to_string
from playwright.async_api import expect

from dashboard.pairing.codes import FULL
from dashboard.protocol import error_frame
from tests.browser.conftest import OpenPage
from tests.browser.test_modules import call
from tests.browser.waiting import holds

# An address of the site that runs nothing by itself.
BARE = "/static/dashboard/js/hours.js"

#: A server's side that a test decides: what is answered to each question, and the sockets that were opened.
WORLD = """
  const asked = [], sockets = [], frames = [], away = [];
  const answers = [...given];
  globalThis.fetch = async (address, { method }) => {
    asked.push([method, address]);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === null) throw new TypeError("no network");
    return { ok: answer.status === undefined, json: async () => answer };
  };
  globalThis.WebSocket = class {
    static OPEN = 1;
    readyState = 1;
    sent = [];
    constructor(url) { this.url = url; sockets.push(this); }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
    hear(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
    end(code) { this.onclose({ code }); }
  };
  const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20)); };
  const control = new Control({
    url: "ws://wall/ws/screen/", credential: "/screen/credential/",
    onFrame: (frame) => frames.push(frame.type), onAway: () => away.push(true),
  });
  control.enter();
"""


def story(body: str) -> str:
    return f"async ({{ Control }}, given) => {{ {WORLD} {body} }}"


async def test_the_credential_is_asked_about_before_the_socket_is_opened(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = story("await until(() => sockets.length === 1); return [asked, sockets[0].url, away.length];")
    asked, url, away = await call(page, "control", body, [{"paired": False}])
    assert asked == [["POST", "/screen/credential/?starting"]]
    assert (url, away) == ("ws://wall/ws/screen/", 0)


async def test_a_server_that_is_away_is_asked_again_and_the_page_is_told(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = story("await until(() => sockets.length === 1); return [asked.length, away.length];")
    assert await call(page, "control", body, [None, {"status": 502}, {"paired": True}]) == [3, 2]


async def test_a_screen_that_was_just_paired_has_its_secret_changed_at_once(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = story("""
      await until(() => sockets.length === 1);
      sockets[0].hear({ type: "code" });
      const before = asked.length;
      sockets[0].hear({ type: "screen" });
      sockets[0].hear({ type: "screen" });
      return [before, asked.length, frames];
    """)
    assert await call(page, "control", body, [{"paired": True}]) == [1, 2, ["code", "screen", "screen"]]


async def test_a_revoked_screen_asks_for_a_new_secret_and_a_lost_socket_does_not(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = story("""
      await until(() => sockets.length === 1);
      sockets[0].hear({ type: "screen" });
      await until(() => asked.length === 2);
      sockets[0].end(1006);
      await until(() => sockets.length === 2);
      const lost = asked.length;
      sockets[1].hear({ type: "screen" });
      const start = performance.now();
      sockets[1].end(4401);
      await until(() => sockets.length === 3);
      return [lost, asked.length, frames.at(-1), away.length, performance.now() - start];
    """)
    lost, asked, last, away, took = await call(page, "control", body, [{"paired": True}])
    assert (lost, asked, last, away) == (2, 3, "unpaired", 1)
    assert took < 3000


async def test_a_screen_says_in_its_own_language_that_too_many_wait(open_page: OpenPage) -> None:
    page: Any = await open_page(path=BARE)
    told = {"version": "1", "locale": "de", "credential": "/screen/credential/", "socket": "/ws/screen/"}
    html = render_to_string("screen.html", {"page": told})
    await page.route("**/screen/", lambda route: route.fulfill(body=html, content_type="text/html"))
    await page.route("**/screen/credential/*", lambda route: route.fulfill(body=json.dumps({"paired": False})))
    await page.route_web_socket("**/ws/screen/", lambda socket: socket.send(error_frame(FULL.word, FULL.message)))
    await page.goto(page.url.replace(BARE, "/screen/"))
    await expect(page.locator("#notice")).to_contain_text("Zu viele Bildschirme warten")


async def test_identify_goes_by_itself_and_a_message_makes_room_for_itself(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """async ({ Overlays }) => {
      const element = () => document.body.appendChild(Object.assign(document.createElement("div"), { hidden: true }));
      const [identify, banner] = [element(), element()];
      const room = () => document.body.style.getPropertyValue("--banner");
      const overlays = new Overlays(identify, banner);
      overlays.identify({ number: 7, name: "Hall", place: "Ground floor" }, 0.3);
      overlays.message({ text: "<b>Fire</b> drill", seconds: 0.3 });
      const said = [identify.textContent, banner.textContent, banner.childElementCount];
      const during = [identify.hidden, ...said, room() !== "0px"];
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const after = [identify.hidden, banner.hidden, room()];
      overlays.message({ text: "for a month", seconds: 2_592_000 });
      const long = banner.hidden;
      overlays.message(null);
      return [during, after, long, banner.hidden];
    }"""
    during, after, long, none = await call(page, "overlays", body)
    assert during == [False, "7HallGround floor", "<b>Fire</b> drill", 0, True]
    assert after == [True, True, "0px"]
    assert (long, none) == (False, True)


async def test_what_was_shown_is_remembered_and_a_browser_without_storage_goes_on(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """({ Remembered }) => {
      const kept = new Map();
      const good = {
        getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text),
        removeItem: (key) => kept.delete(key),
      };
      const fail = () => { throw new Error("full"); };
      const found = [];
      for (const storage of [good, { getItem: fail, setItem: fail, removeItem: fail }]) {
        const remembered = new Remembered(storage);
        remembered.keep({ title: "Sales" });
        found.push(new Remembered(storage).shows?.title ?? null);
        remembered.forget();
        found.push(remembered.shows);
      }
      return found;
    }"""
    assert await call(page, "screenstate", body) == ["Sales", None, None, None]


async def test_a_page_that_comes_late_is_forgotten_too(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """async ({ Remembered }) => {
      const store = await caches.open("wallboard");
      new Remembered(localStorage).forget();
      await store.put("/screen/wallboards/sales/", new Response("late"));
      return (await store.keys()).length;
    }"""
    assert await call(page, "screenstate", body) == 1
    await holds(page, "caches.match('/screen/wallboards/sales/').then((one) => !one)")


async def test_a_screen_tells_what_changed_within_a_second_and_lives_every_ten(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """({ Reporter }) => {
      let now = 0;
      const state = { lamp: "live", sound: "blocked" };
      const part = (id) => ({ dataset: { state: state[id] } });
      const stage = { front: { contentDocument: { getElementById: part } } };
      document.body.dataset.board = "sales";
      const told = [];
      const tell = ({ freshness, sound }) => told.push([now / 1000, freshness, sound]);
      const reporter = new Reporter("1", stage, tell, () => now);
      for (; now <= 25_000; now += 250) {
        if (now === 5_000) state.lamp = "late";
        reporter.report();
      }
      state.sound = "starting";
      reporter.report(true);
      return told;
    }"""
    told = await call(page, "screenstate", body)
    assert told == [
        [0, "live", "blocked"],
        [5, "late", "blocked"],
        [15, "late", "blocked"],
        [25, "late", "blocked"],
        [25.25, "late", ""],
    ]


async def test_the_list_of_screens_is_refilled_without_losing_a_choice(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """({ refill }) => {
      const list = (rows) => new DOMParser().parseFromString(`<table id="result_list"><tbody>${rows.map(([pk, state]) =>
        `<tr><td><input class="action-select" value="${pk}"></td><td class="field-state">${state}</td></tr>`).join("")}
        </tbody></table>`, "text/html");
      const shown = list([[1, "online"], [2, "online"]]);
      shown.querySelector("input[value='2']").checked = true;
      refill(shown, list([[2, "<b>silent</b>"], [1, "online"], [3, "online"]]));
      const rows = [...shown.querySelectorAll("tr")];
      return rows.map((row) => [row.querySelector("input").checked, row.querySelector("td.field-state").innerHTML]);
    }"""
    assert await call(page, "admin/screens", body) == [[False, "online"], [True, "<b>silent</b>"]]
