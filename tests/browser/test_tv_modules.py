"""What a screen on a wall decides by itself: pure modules with clocks of their own, as they are shipped."""

import itertools
from typing import Any

import pytest

from dashboard.hours import week_ranges
from tests.browser.conftest import OpenPage
from tests.browser.test_modules import call

BERLIN = "Europe/Berlin"
# An address of the site that runs nothing by itself.
BARE = "/static/dashboard/js/hours.js"


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2025-11-21T07:59:59+01:00", False),  # a Friday
        ("2025-11-21T08:00:00+01:00", True),
        ("2025-11-21T19:59:59+01:00", True),
        ("2025-11-21T20:00:00+01:00", False),
        ("2025-11-22T12:00:00+01:00", False),
        ("2026-03-30T08:00:00+02:00", True),  # the Monday after clocks went forward
        ("2026-03-30T07:59:00+02:00", False),
    ],
)
async def test_hours_are_compared_on_the_wallboards_clock(open_page: OpenPage, moment: str, inside: bool) -> None:
    page = await open_page(path=BARE)
    body = "({ within }, [ranges, moment, zone]) => within(ranges, Date.parse(moment), zone)"
    ranges = week_ranges(["mon-fri 08:00-20:00"])
    assert await call(page, "hours", body, [ranges, moment, BERLIN]) is inside


async def test_hours_go_on_into_the_next_day_and_week(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = "({ within }, [ranges, moments]) => moments.map((one) => within(ranges, Date.parse(one), 'UTC'))"
    moments = ["2025-11-23T21:59:00Z", "2025-11-23T22:00:00Z", "2025-11-24T05:59:00Z", "2025-11-24T06:00:00Z"]
    ranges = week_ranges(["sun 22:00-06:00"])
    assert await call(page, "hours", body, [ranges, moments]) == [False, True, True, False]


async def test_a_wallboard_without_opening_hours_never_closes(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = "({ closed }, open) => closed({ open }, Date.parse('2025-11-22T03:00:00Z'), 'UTC')"
    assert await call(page, "dim", body, []) is False
    assert await call(page, "dim", body, week_ranges(["mon-fri 08:00-20:00"])) is True


async def test_the_picture_visits_every_place_one_step_at_a_time(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """({ shiftAt }) => Array.from({ length: 200 }, (_, minute) => {
      const { x, y } = shiftAt(minute * 60_000 + 59_999);
      return [x, y];
    })"""
    places = await call(page, "burnin", body)
    assert {tuple(place) for place in places} == {(x, y) for x in range(-3, 4) for y in range(-3, 4)}
    steps = [abs(x - u) + abs(y - v) for (x, y), (u, v) in itertools.pairwise(places)]
    assert set(steps) == {1}


async def test_only_what_became_critical_since_the_last_look_is_news(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """({ Looked }) => {
      const kept = new Map();
      const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
      const critical = (since) => ({ waiting: { 3: ["critical", since] } });
      const first = new Looked("sales", storage);
      const seen = [first.look(critical(1)), first.look(critical(1)), first.look({ waiting: { 3: ["warning", 2] } }),
        first.look(critical(3)), first.look(critical(3))];
      // The same browser after a reload, or when the rotation comes round again: the server judges anew.
      const again = new Looked("sales", storage);
      const later = [again.look({ waiting: { 3: ["normal", 5] } }, () => false), again.look(critical(7)),
        again.look({ ...critical(7), other: { 4: ["critical", 9] } })];
      const full = new Looked("sales", { getItem: () => "{", setItem: () => { throw new Error("the disk is full"); } });
      return [...seen, ...later, full.look({ waiting: {} }), full.look(critical(1)), full.look(critical(1))];
    }"""
    expected = [False, False, False, True, False, False, False, True, False, True, False]
    assert await call(page, "alarm", body) == expected


async def test_a_wake_lock_is_asked_for_again_when_it_was_lost_and_not_too_often_when_refused(
    open_page: OpenPage,
) -> None:
    page = await open_page(path=BARE)
    body = """async ({ Wake }) => {
      let now = 0, wanted = true, refuse = false;
      const asked = [], locks = [];
      const api = { request: async (kind) => {
        asked.push([kind, now]);
        if (refuse) throw new Error("low battery");
        const lock = new EventTarget();
        lock.release = () => locks.push("released");
        locks.push(lock);
        return lock;
      } };
      const wake = new Wake(() => wanted, { api, now: () => now });
      await wake.check(); await wake.check();
      refuse = true;
      now = 1_000; locks[0].dispatchEvent(new Event("release")); await wake.check();
      now = 30_000; await wake.check();
      refuse = false;
      now = 61_000; await wake.check(); await wake.check();
      wanted = false; await wake.check();
      return [asked, locks.at(-1)];
    }"""
    asked, last = await call(page, "wake", body)
    assert asked == [["screen", 0], ["screen", 1_000], ["screen", 61_000]]
    assert last == "released"


async def test_without_the_api_there_is_no_wake_lock_and_no_service_worker(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    assert await call(page, "wake", "({ Wake }) => new Wake(() => true, { api: null }).check()") is None
    assert await call(page, "away", "({ keepPage }) => keepPage(null)") is None


async def test_a_full_disk_does_not_stop_the_screen(open_page: OpenPage) -> None:
    page = await open_page(path=BARE)
    body = """({ LastHeard }) => {
      const fail = () => { throw new Error("the disk is full"); };
      const heard = new LastHeard({ getItem: fail, setItem: fail });
      heard.note(123_456);
      return heard.at;
    }"""
    assert await call(page, "away", body) == 123_456


#: A rotation that is asked each quarter of a second; ``late`` names what is not painted in time.
TURNS = """({ Rotation }, { steps, seconds, late = {}, edits = {}, dies = Infinity }) => {
  let now = 0;
  const rotation = new Rotation(() => now);
  const log = [];
  rotation.replace(steps);
  for (; now <= seconds * 1000; now += 250) {
    if (edits[now / 1000]) rotation.replace(edits[now / 1000]);
    const ready = rotation.next && !(now < (late[rotation.next.wallboard] ?? 0) * 1000);
    if (ready) rotation.ready();
    rotation.dead = now >= dies * 1000;
    const turn = rotation.turn();
    if (turn?.show && now >= dies * 1000) dies = Infinity;
    for (const [word, step] of Object.entries(turn ?? {})) log.push([now / 1000, word, step.wallboard]);
  }
  return log;
}"""


def steps(*given: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"wallboard": name, "url": f"/rotate/hall/{name}/", "seconds": seconds} for name, seconds in given]


async def turns_of(open_page: OpenPage, **given: Any) -> list[list[Any]]:
    return list(await call(await open_page(path=BARE), "rotation", TURNS, given))


async def test_each_wallboard_has_its_time_and_the_next_is_loaded_before(open_page: OpenPage) -> None:
    log = await turns_of(open_page, steps=steps(("a", 20), ("b", 10)), seconds=52)
    assert [entry for entry in log if entry[1] == "show"] == [
        [0.25, "show", "a"],
        [20.25, "show", "b"],
        [30.25, "show", "a"],
        [50.25, "show", "b"],
    ]
    assert [12.25, "load", "b"] in log
    assert [22.25, "load", "a"] in log


async def test_a_wallboard_that_is_late_is_waited_for(open_page: OpenPage) -> None:
    log = await turns_of(open_page, steps=steps(("a", 10), ("b", 10)), late={"b": 17}, seconds=20)
    assert [17, "show", "b"] in log
    assert not [entry for entry in log if entry[1] == "drop"]


async def test_a_wallboard_that_never_comes_is_passed_over(open_page: OpenPage) -> None:
    log = await turns_of(open_page, steps=steps(("a", 10), ("b", 10), ("c", 10)), late={"b": 999}, seconds=60)
    assert [25.25, "drop", "b"] in log
    assert [25.75, "show", "c"] in log
    assert [35.75, "show", "a"] in log


async def test_one_alone_stays_and_so_does_one_whose_partner_never_comes(open_page: OpenPage) -> None:
    assert await turns_of(open_page, steps=steps(("a", 5)), seconds=60) == [[0, "load", "a"], [0.25, "show", "a"]]
    log = await turns_of(open_page, steps=steps(("a", 10), ("b", 10)), late={"b": 999}, seconds=120)
    assert {tuple(entry[1:]) for entry in log[2:]} == {("load", "b"), ("drop", "b")}


async def test_one_that_died_is_loaded_again_behind_itself_less_and_less_often(open_page: OpenPage) -> None:
    alone = steps(("a", 5))
    assert (await turns_of(open_page, steps=alone, dies=20, seconds=60))[2:] == [
        [20, "load", "a"],
        [20.25, "show", "a"],
    ]
    log = await turns_of(open_page, steps=alone, dies=20, late={"a": 200}, seconds=300)
    assert [at for at, word, _ in log if word == "load"] == [0, 20, 50, 110, 230]
    assert log[-1] == [230.25, "show", "a"]


async def test_an_edit_takes_effect_without_starting_anew(open_page: OpenPage) -> None:
    edits = {"5": steps(("c", 10), ("a", 15), ("b", 10))}
    log = await turns_of(open_page, steps=steps(("a", 30), ("b", 10)), edits=edits, seconds=40)
    assert [entry for entry in log if entry[1] == "show"] == [
        [0.25, "show", "a"],
        [15.25, "show", "b"],
        [25.25, "show", "c"],
        [35.25, "show", "a"],
    ]


async def test_what_was_taken_out_gives_way_at_once(open_page: OpenPage) -> None:
    edits = {"5": steps(("b", 10), ("c", 10))}
    log = await turns_of(open_page, steps=steps(("a", 30), ("b", 10)), edits=edits, seconds=12)
    assert [entry for entry in log if entry[1] == "show"] == [[0.25, "show", "a"], [5.25, "show", "b"]]


#: The service worker as it is shipped, over a store and a server that the test decides: its answers, and what it keeps.
WORKER = """async (source, asked) => {
  const [stores, listeners] = [new Map(), {}];
  const bare = (request, search) => (search ? (request.url ?? request).split("?")[0] : (request.url ?? request));
  class Store {
    #kept = new Map();
    put(key, response) { if (world.full) throw new Error("full"); this.#kept.set(bare(key), response); }
    match(key, how) {
      const found = [...this.#kept].find(([one]) => bare(one, how?.ignoreSearch) === bare(key, how?.ignoreSearch));
      return found?.[1].clone();
    }
    delete(key) { this.#kept.delete(bare(key)); }
    keys() { return [...this.#kept.keys()].map((url) => ({ url })); }
  }
  const world = { full: false, closed: false, status: 200, fail: 0 };
  const open = (name) => {
    if (world.closed) throw new Error("closed");
    return stores.set(name, stores.get(name) ?? new Store()).get(name);
  };
  const answer = async (request) => {
    if (world.fail-- > 0) throw new TypeError("network");
    const response = new Response(`${world.status} ${bare(request)}`, { status: world.status });
    Object.defineProperty(response, "type", { value: "basic" });
    return response;
  };
  const self = { addEventListener: (name, listener) => (listeners[name] = listener), skipWaiting() {}, clients: {} };
  new Function("self", "caches", "fetch", source)(self, { open }, answer);
  const log = [];
  for (const { keep, get, mode = "navigate", method = "GET", ...change } of asked) {
    Object.assign(world, { fail: 0 }, change);
    const waits = [];
    const event = { waitUntil: (one) => waits.push(one), respondWith: (one) => waits.push(one) };
    const addresses = keep?.map((one) => location.origin + one);
    if (keep) listeners.message({ ...event, data: { type: "keep", addresses } });
    else listeners.fetch({ ...event, request: { url: location.origin + get, mode, method } });
    const [said] = await Promise.all(waits).catch((error) => [error.message]);
    if (get) log.push(said instanceof Response ? (await said.text()).replace(location.origin, "") : (said ?? null));
  }
  const kept = (await stores.get("wallboard")?.keys()) ?? [];
  return [log, kept.map(({ url }) => url.replace(location.origin, "")).sort()];
}"""
SALES = "/wallboards/sales/"
OLD, NEW = "/static/main.0123456789ab.js", "/static/main.ba9876543210.js"


async def worker(open_page: OpenPage, *asked: dict[str, Any]) -> list[Any]:
    page = await open_page(path=BARE)
    script = f"async (asked) => ({WORKER})(await (await fetch('/serviceworker.js')).text(), asked)"
    return list(await page.evaluate(script, list(asked)))


async def test_a_store_that_fails_does_not_matter_to_a_site_that_works(open_page: OpenPage) -> None:
    asked = [{"get": SALES}, {"get": OLD, "mode": "cors"}, {"get": "/static/a.css", "mode": "no-cors"}]
    good = [f"200 {one['get']}" for one in asked]
    assert await worker(open_page, {**asked[0], "full": True}, *asked[1:]) == [good, []]
    assert await worker(open_page, {**asked[0], "closed": True}, *asked[1:]) == [good, []]


async def test_a_file_that_did_not_come_is_asked_for_again(open_page: OpenPage) -> None:
    said, _ = await worker(open_page, {"get": OLD, "mode": "cors", "fail": 2}, {"get": NEW, "mode": "cors", "fail": 3})
    assert said == [f"200 {OLD}", "network"]


async def test_a_page_is_kept_until_it_is_refused_or_somebody_signs_out(open_page: OpenPage) -> None:
    said, kept = await worker(
        open_page,
        {"get": f"{SALES}?kiosk"},
        {"get": SALES, "fail": 1},
        {"get": SALES, "status": 502},
        {"get": SALES, "status": 429},
        {"get": f"{SALES}edit/", "status": 200},
    )
    assert said == [f"200 {SALES}?kiosk"] * 4 + [None]
    assert kept == [f"{SALES}?kiosk"]
    assert await worker(open_page, {"get": SALES}, {"get": SALES, "status": 403}) == [
        [f"200 {SALES}", f"403 {SALES}"],
        [],
    ]
    others = [
        ("/accounts/login/?next=/", "GET"),
        ("/accounts/genesys/", "GET"),
        ("/accounts/genesys/callback/?code=c", "GET"),
    ]
    for get, method in [("/accounts/logout/", "POST"), *others]:
        _, kept = await worker(open_page, {"get": SALES}, {"keep": [SALES, OLD]}, {"get": get, "method": method})
        assert kept == [OLD]


async def test_files_go_when_no_kept_page_consists_of_them(open_page: OpenPage) -> None:
    other = "/rotate/hall/"
    _, kept = await worker(open_page, {"keep": [SALES, OLD]}, {"keep": [other, OLD]}, {"keep": [SALES, NEW]})
    assert kept == sorted([SALES, other, OLD, NEW])
    _, kept = await worker(open_page, {"keep": [SALES, OLD]}, {"keep": [SALES, NEW]})
    assert kept == sorted([SALES, NEW])
