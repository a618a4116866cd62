"""The client's pure modules, run as they are shipped, in the browser they are for."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.browser.conftest import OpenPage


async def call(page: Page, module: str, body: str, argument: Any = None) -> Any:
    """The result of ``body``, a JavaScript function of the module's exports and ``argument``."""
    script = f"async ([name, given]) => ({body})(await import(`/static/dashboard/js/${{name}}.js`), given)"
    return await page.evaluate(script, [module, argument])


async def test_waits_between_attempts_double_within_half_a_second_and_ten(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ Backoff }, random) => {
      const backoff = new Backoff(() => random);
      return [1, 2, 3, 4, 5, 6, 7].map(() => backoff.next());
    }"""
    assert await call(page, "backoff", body, 1) == [1000, 2000, 4000, 8000, 10000, 10000, 10000]
    assert await call(page, "backoff", body, 0) == [500] * 7


async def test_a_reload_waits_for_five_minutes_since_the_last(open_page: OpenPage) -> None:
    page = await open_page(clock=True)
    body = """({ VersionWatch }) => {
      window.reloads = 0;
      new VersionWatch("1", () => (window.reloads += 1), () => 0.5).check("2");
      new VersionWatch("2", () => (window.reloads += 100), () => 0).check("2");
    }"""
    await call(page, "version", body)
    await page.clock.run_for(5_100)
    assert await page.evaluate("window.reloads") == 1
    await call(page, "version", body)
    await page.clock.fast_forward(299_000)
    assert await page.evaluate("window.reloads") == 0
    await page.clock.fast_forward(7_000)
    assert await page.evaluate("window.reloads") == 1


async def test_a_portrait_wall_pairs_small_tiles_in_reading_order(open_page: OpenPage) -> None:
    page = await open_page()
    tiles = [
        {"id": "d", "kind": "trend", "position": {"x": 0, "y": 2, "w": 12, "h": 3}},
        {"id": "c", "kind": "number", "position": {"x": 8, "y": 0, "w": 4, "h": 2}},
        {"id": "a", "kind": "number", "position": {"x": 0, "y": 0, "w": 4, "h": 2}},
        {"id": "b", "kind": "number", "position": {"x": 4, "y": 0, "w": 4, "h": 2}},
    ]
    body = "({ arrange }, [tiles, width, height]) => arrange(tiles, 12, width, height)"
    plan = await call(page, "layout", body, [tiles, 1080, 1920])
    assert plan["mode"] == "portrait"
    assert plan["cells"] == {
        "a": {"x": 0, "y": 0, "w": 1, "h": 2},
        "b": {"x": 1, "y": 0, "w": 1, "h": 2},
        "c": {"x": 0, "y": 2, "w": 2, "h": 2},
        "d": {"x": 0, "y": 4, "w": 2, "h": 3},
    }
    wall = await call(page, "layout", body, [tiles, 1920, 1080])
    assert (wall["mode"], wall["rows"], wall["cells"]["d"]) == ("wall", 5, tiles[0]["position"])
    assert (await call(page, "layout", body, [tiles, 320, 600]))["columns"] == 1


async def test_live_points_are_appended_about_as_densely_as_the_servers(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ History }) => {
      let now = 3_600_000;
      const history = new History(() => now);
      history.replace({ 3: [[0, 1], [10_000, 2]] });
      for (let second = 1; second <= 60; second += 1) {
        now += 1_000;
        history.add("3", [second, now, "ok"]);
      }
      return [history.points("3").length, history.points("3").at(-1), history.points("3")[0]];
    }"""
    length, last, first = await call(page, "history", body)
    assert 6 <= length <= 10
    assert last == [3_660_000, 60]
    assert first[0] <= 60_000


async def test_an_outage_is_a_gap_in_the_history(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ History }) => {
      let now = 100_000;
      const history = new History(() => now);
      history.replace({ 3: [[90_000, 5]] });
      history.add("3", [5, 90_000, "stale"]);
      now = 200_000;
      history.add("3", [5, 90_000, "stale"]);
      history.add("3", [5, 90_000, "ok"]);
      history.add("4", [5, 90_000, "ok"]);
      return [history.points("3"), history.points("4")];
    }"""
    assert await call(page, "history", body) == [[[90_000, 5], [100_000, None], [200_000, 5]], []]


async def test_points_go_on_by_the_rule_of_the_server(open_page: OpenPage) -> None:
    cases = json.loads((Path(__file__).parents[1] / "dashboard/trail_cases.json").read_text(encoding="utf-8"))
    body = """({ History }, cases) => cases.map(({ steps }) => {
      let now = 0;
      const history = new History(() => now);
      history.replace({ 3: [] });
      for (const [moment, at, value] of steps) {
        now = moment;
        history.add("3", [value ?? 1, at, value === null ? "stale" : "ok"]);
      }
      return history.points("3");
    })"""
    drawn = await call(await open_page(), "history", body, cases)
    assert drawn == [case["points"] for case in cases]


async def test_charts_are_drawn_one_per_task_and_once_each(open_page: OpenPage) -> None:
    page = await open_page()
    body = """async ({ Scheduler }) => {
      const scheduler = new Scheduler();
      const tasks = [];
      let task = 0;
      const channel = new MessageChannel();
      const draws = [1, 2, 3].map((name) => () => {
        tasks.push([name, task]);
        task += 1;
        if (name === 3) channel.port1.postMessage("done");
      });
      for (const draw of draws) { scheduler.schedule(draw); scheduler.schedule(draw); }
      const before = tasks.length;
      await new Promise((resolve) => (channel.port2.onmessage = resolve));
      return [before, tasks.map(([name]) => name)];
    }"""
    assert await call(page, "scheduler", body) == [0, [1, 2, 3]]


async def test_every_german_word_has_an_english_twin(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ wordsFor }, keys) => {
      const [english, german] = [wordsFor("en-GB"), wordsFor("de")];
      return keys.map((key) => [english(key, { name: "x", time: "y" }), german(key, { name: "x", time: "y" })]);
    }"""
    shown = await call(page, "words", body, ["link_down", "stale", "critical"])
    assert shown == [
        ["No link to Genesys x", "Keine Verbindung zu Genesys x"],
        ["as of y", "Stand y"],
        ["critical", "kritisch"],
    ]
