"""The editor's pure modules, run as they are shipped."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.test_modules import call

GRID = {"columns": 12, "rows": 24}
#: Two numbers side by side over a trend, and a hole at the right.
PLACES = {
    "a": {"x": 0, "y": 0, "w": 3, "h": 2},
    "b": {"x": 3, "y": 0, "w": 3, "h": 2},
    "c": {"x": 0, "y": 2, "w": 12, "h": 3},
}
#: A board without a free cell.
FULL = {"a": {"x": 0, "y": 0, "w": 2, "h": 2}, "b": {"x": 0, "y": 2, "w": 2, "h": 2}}
FULL_GRID = {"columns": 2, "rows": 4}


def at(x: int, y: int, w: int = 3, h: int = 2) -> dict[str, int]:
    return {"x": x, "y": y, "w": w, "h": h}


async def run(page: Page, function: str, *arguments: Any, module: str = "geometry") -> Any:
    return await call(page, f"editor/{module}", f"(all, given) => all.{function}(...given)", list(arguments))


async def test_a_tile_moves_and_what_is_in_its_way_makes_room(open_page: OpenPage) -> None:
    page = await open_page()
    assert await run(page, "put", PLACES, "a", at(6, 0), GRID) == PLACES | {"a": at(6, 0)}
    # Beyond the edge it goes as far as it can.
    assert (await run(page, "put", PLACES, "a", at(11, -3), GRID))["a"] == at(9, 0)
    # One of the same size, mostly covered, changes places; a little covered, it goes down.
    assert await run(page, "put", PLACES, "a", at(2, 0), GRID) == PLACES | {"a": at(3, 0), "b": at(0, 0)}
    down = await run(page, "put", PLACES, "a", at(1, 0), GRID)
    assert down == {"a": at(1, 0), "b": at(3, 2), "c": at(0, 4, 12, 3)}
    assert await run(page, "put", PLACES, "a", at(0, 0, 12, 1), GRID) == {
        "a": at(0, 0, 12, 1), "b": at(3, 1), "c": at(0, 3, 12, 3)
    }  # fmt: skip


async def test_on_a_full_board_tiles_change_places_or_give_way(open_page: OpenPage) -> None:
    page = await open_page()
    assert await run(page, "put", FULL, "a", at(0, 2, 2, 2), FULL_GRID) == {"a": FULL["b"], "b": FULL["a"]}
    assert await run(page, "put", FULL, "a", at(0, 0, 2, 3), FULL_GRID) == {"a": at(0, 0, 2, 3), "b": at(0, 3, 2, 1)}
    assert await run(page, "grow", FULL, "a", 0, 1, FULL_GRID) == {"a": at(0, 0, 2, 3), "b": at(0, 3, 2, 1)}
    assert await run(page, "put", FULL, "a", at(0, 0, 2, 4), FULL_GRID) is None
    assert await run(page, "halve", FULL, FULL_GRID, module="room") == {
        "places": FULL | {"a": at(0, 0, 1, 2)}, "position": at(1, 0, 1, 2)
    }  # fmt: skip
    tiny = {"a": at(0, 0, 1, 1)}
    assert await run(page, "halve", tiny, {"columns": 1, "rows": 1}, module="room") is None


async def test_a_step_of_the_keyboard_stays_on_the_grid(open_page: OpenPage) -> None:
    page = await open_page()
    assert await run(page, "step", PLACES, "a", -1, 0, GRID) is None
    assert await run(page, "step", PLACES, "a", 1, 0, GRID) == PLACES | {"a": at(3, 0), "b": at(0, 0)}
    assert (await run(page, "step", PLACES, "b", 1, 0, GRID))["b"] == at(4, 0)
    assert await run(page, "step", PLACES, "c", 0, 1, GRID) == PLACES | {"c": at(0, 3, 12, 3)}
    assert await run(page, "grow", PLACES, "c", 1, 0, GRID) is None
    assert await run(page, "grow", PLACES, "a", -3, 0, GRID) is None


async def test_no_change_ever_makes_tiles_overlap(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ put, step, grow, collide }) => {
      let seed = 7;
      const random = (most) => (seed = (seed * 16807) % 2147483647) % most;
      let bad = 0;
      for (let round = 0; round < 300; round += 1) {
        const grid = { columns: 4 + random(9), rows: 6 + random(6) };
        let places = {};
        for (let id = 0; id < 9; id += 1) {
          const place = { x: random(grid.columns), y: random(grid.rows), w: 1 + random(3), h: 1 + random(3) };
          const fits = place.x + place.w <= grid.columns && place.y + place.h <= grid.rows;
          if (fits && !Object.values(places).some((other) => collide(other, place))) places[id] = place;
        }
        for (let turn = 0; turn < 12; turn += 1) {
          const ids = Object.keys(places);
          const id = ids[random(ids.length)];
          const wanted = { x: random(14) - 1, y: random(14) - 1, w: random(5), h: random(5) };
          const after = [put(places, id, wanted, grid), step(places, id, random(3) - 1, random(3) - 1, grid),
                         grow(places, id, random(3) - 1, random(3) - 1, grid)][random(3)];
          if (!after) continue;
          places = after;
          const all = Object.values(places);
          for (const one of all) {
            if (one.x < 0 || one.y < 0 || one.w < 1 || one.h < 1) bad += 1;
            if (one.x + one.w > grid.columns || one.y + one.h > grid.rows) bad += 1;
            if (all.some((other) => other !== one && collide(one, other))) bad += 1;
          }
          if (all.length !== ids.length) bad += 1;
        }
      }
      return bad;
    }"""
    assert await call(page, "editor/geometry", body) == 0


async def test_room_for_a_tile_and_for_all_on_another_grid(open_page: OpenPage) -> None:
    page = await open_page()
    assert await run(page, "firstFree", PLACES, [3, 2], GRID, module="room") == at(6, 0)
    assert await run(page, "firstFree", PLACES, [7, 2], GRID, module="room") == at(0, 5, 7, 2)
    assert await run(page, "firstFree", PLACES, [3, 2], {"columns": 6, "rows": 5}, module="room") is None
    apart = PLACES | {"c": at(0, 6, 12, 3)}
    assert await run(page, "closeGaps", apart, module="room") == PLACES
    fitted = await run(page, "refit", PLACES, {"columns": 4, "rows": 24}, module="room")
    assert fitted == {"a": at(0, 0), "b": at(1, 2), "c": at(0, 4, 4, 3)}
    assert await run(page, "sizeOf", "number", {"a": at(0, 0, 12, 24)}, GRID, module="room") == [3, 6]


def tile(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "number", "title": name, "position": at(0, 0)} | more


def board(*tiles: dict[str, Any], title: str = "Board") -> dict[str, Any]:
    return {"title": title, "timezone": "UTC", "columns": 12, "tiles": list(tiles)}


async def test_changes_of_two_are_joined_and_only_the_same_tile_is_a_question(open_page: OpenPage) -> None:
    page = await open_page()
    a, b, c = tile("a"), tile("b", position=at(3, 0)), tile("c", position=at(6, 0))
    base = board(a, b, c)
    mine = board({**a, "title": "mine"}, c, tile("new", position=at(9, 0)))
    theirs = board(
        {**a, "title": "theirs"}, b, {**c, "title": "theirs"}, tile("other", position=at(9, 0)), title="Theirs"
    )
    merged = await run(page, "merge", base, mine, theirs, module="merge")
    assert [one["id"] for one in merged["conflicts"]] == ["a"]
    assert {one["id"] for one in merged["theirs"]} == {"title", "c", "other"}
    kept = {one["id"]: one for one in merged["board"]["tiles"]}
    assert set(kept) == {"a", "c", "other", "new"}
    assert (merged["board"]["title"], kept["a"]["title"], kept["c"]["title"]) == ("Theirs", "mine", "theirs")
    # Both put a tile at the same place: theirs stands, mine goes to free cells, and that is told.
    assert (kept["other"]["position"], kept["new"]["position"]) == (at(9, 0), at(3, 0))
    assert merged["moved"] == ["new"]
    chosen = await run(page, "merge", base, mine, theirs, {"a": "theirs"}, module="merge")
    assert chosen["board"]["tiles"][0]["title"] == "theirs"


async def test_a_tile_that_one_removes_and_the_other_changes_is_a_question(open_page: OpenPage) -> None:
    page = await open_page()
    a = tile("a")
    merged = await run(page, "merge", board(a), board(), board({**a, "title": "theirs"}), module="merge")
    assert [one["id"] for one in merged["conflicts"]] == ["a"]
    assert merged["board"]["tiles"] == []
    assert (await run(page, "merge", board(a), board(a), board(), module="merge"))["board"]["tiles"] == []


async def test_steps_are_taken_back_and_typing_is_one_of_them(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ Undo }) => {
      const steps = new Undo({ n: 0 });
      steps.change({ n: 1 }, "title");
      steps.change({ n: 2 }, "title");
      steps.change({ n: 2 });
      steps.change({ n: 3 }, "goal");
      const seen = [steps.present.n];
      while (steps.undo()) seen.push(steps.present.n);
      steps.redo();
      seen.push(steps.present.n, steps.canRedo);
      steps.change({ n: 9 });
      return [...seen, steps.canRedo];
    }"""
    assert await call(page, "editor/undo", body) == [3, 2, 0, 2, True, False]


#: A draft of one tile, made of the revision "r1"; `titled(text)` is a board, `kept` what a reload would find.
WORK = """({ Draft }) => {
  const titled = (title) => ({ title, columns: 12, tiles: [{ id: "a", position: { x: 0, y: 0, w: 3, h: 2 } }] });
  let kept = null;
  const keep = { write: (work) => (kept = work), clear: () => (kept = null) };
  const draft = new Draft({ wallboard: titled("base"), revision: "r1" }, 24, keep);
  const seen = () => [draft.board.title, draft.revision, draft.dirty];
  const theirs = { wallboard: titled("theirs"), revision: "r2" };
  draft.change(titled("mine"));
  %s
}"""


async def test_undo_after_a_join_ends_at_what_the_other_made(open_page: OpenPage) -> None:
    page = await open_page()
    body = """draft.rebase(theirs, titled("both"));
      const all = [seen(), kept.revision, draft.undo(), seen(), kept, draft.undo(), draft.redo(), seen()];
      return all;"""
    both = ["both", "r2", True]
    expected = [both, "r2", True, ["theirs", "r2", False], None, False, True, both]
    assert await call(page, "editor/draft", WORK % body) == expected


async def test_a_dropped_draft_comes_back_as_made_of_the_older_board(open_page: OpenPage) -> None:
    page = await open_page()
    body = """draft.rebase(theirs);
      const all = [seen(), kept, draft.undo(), seen(), kept.revision, draft.redo()];
      draft.saved({ wallboard: titled("saved"), revision: "r3" }, draft.steps.present);
      all.push(seen(), draft.undo(), seen());
      return all;"""
    mine = ["mine", "r1", True]
    expected = [["theirs", "r2", False], None, True, mine, "r1", True, ["saved", "r3", False], True, mine]
    assert await call(page, "editor/draft", WORK % body) == expected
    # Without a draft there is nothing to go back to; steps before one's own save are of the board that was saved.
    body = """draft.saved({ wallboard: titled("mine"), revision: "r2" }, draft.steps.present);
      const all = [seen(), draft.undo(), seen(), draft.redo()];
      draft.rebase({ wallboard: titled("newer"), revision: "r3" });
      return [...all, draft.undo(), seen()];"""
    expected = [["mine", "r2", False], True, ["base", "r2", True], True, False, ["newer", "r3", False]]
    assert await call(page, "editor/draft", WORK % body) == expected


async def test_places_of_another_board_leave_tiles_where_they_are(open_page: OpenPage) -> None:
    page = await open_page()
    body = "return [draft.setPlaces({ gone: { x: 1, y: 1, w: 1, h: 1 } }), draft.places];"
    assert await call(page, "editor/draft", WORK % body) == [False, {"a": at(0, 0)}]


async def test_a_drag_follows_one_pointer_and_ends_wherever_that_is_let_go(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ Pointer }) => {
      const board = document.body.appendChild(document.createElement("div"));
      const cell = board.appendChild(document.createElement("div"));
      cell.dataset.cell = "a";
      cell.setPointerCapture = () => {};
      const told = [];
      const pointer = new Pointer({ board, pitch: { x: 10, y: 10 }, freeze() {} }, {
        select: () => ({ x: 0, y: 0, w: 3, h: 2 }), try() {}, busy() {},
        drop: (id, place) => told.push(place && [place.x, place.y]),
      });
      const send = (target, name, id, x = 0) => {
        const at = { bubbles: true, pointerId: id, clientX: x, clientY: 0, button: 0 };
        target.dispatchEvent(new PointerEvent(name, at));
      };
      const begin = () => { send(cell, "pointerdown", 1); send(cell, "pointermove", 1, 20); };
      begin();
      send(board, "pointerup", 2);
      send(board, "pointercancel", 2);
      told.push("another finger");
      send(document.body, "pointerup", 1);
      begin();
      send(document, "lostpointercapture", 1);
      begin();
      pointer.cancel();
      send(cell, "pointerup", 1);
      begin();
      send(cell, "pointerup", 1);
      return told;
    }"""
    assert await call(page, "editor/pointer", body) == ["another finger", [2, 0], None, None, [2, 0]]


async def test_letters_are_measured_in_minutes_of_arc(open_page: OpenPage) -> None:
    page = await open_page()
    screen = {"diagonal": 55, "distance": 5}
    for share, minutes in ((0.047, 16), (0.059, 20), (0.177, 60), (0.265, 90)):
        assert abs(await run(page, "arcMinutes", share, screen, module="legibility") - minutes) < 1
    assert await run(page, "tooSmall", {"text": 0.0475, "value": 0.177}, screen, module="legibility") is None
    far = await run(page, "tooSmall", {"text": 0.0475, "value": 0.3}, screen | {"distance": 8}, module="legibility")
    assert (far["what"], far["least"], round(far["minutes"]), round(far["distance"], 1)) == ("text", 16, 10, 5.0)
    small = await run(page, "tooSmall", {"text": 0, "value": 0.06}, screen, module="legibility")
    assert (small["what"], small["least"]) == ("value", 40)


async def test_the_draft_is_kept_for_one_person_and_board(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ Keep }) => {
      const work = { base: { tiles: [] }, revision: "r", draft: { tiles: [1] } };
      const keep = new Keep("sales", "1");
      keep.write(work);
      const found = keep.read();
      const other = new Keep("sales", "2").read();
      keep.clear();
      const fail = () => { throw new Error("full"); };
      const full = { setItem: fail, getItem: () => "{", removeItem: fail };
      const broken = new Keep("sales", "1", full);
      broken.clear();
      return [found.draft.tiles, other, keep.read(), broken.write(work), broken.read()];
    }"""
    assert await call(page, "editor/keep", body) == [[1], None, None, False, None]


async def test_numbers_are_read_as_people_write_them(open_page: OpenPage) -> None:
    page = await open_page()
    body = "({ readNumber }, texts) => texts.map(readNumber)"
    assert await call(page, "editor/fields", body, ["", " 3 ", "2,5", "-1", "many"]) == [None, 3, 2.5, -1, "many"]


async def test_every_word_of_the_editor_has_a_german_twin(open_page: OpenPage) -> None:
    page = await open_page()
    body = """async ({ english }) => {
      const { german } = await import("/static/dashboard/js/editor/words.de.js");
      const { optionWords } = await import("/static/dashboard/js/editor/words.options.js");
      const holes = (text) => [...text.matchAll(/\\{\\w+\\}/g)].map(String).sort().join();
      const pairs = [[english, german], [optionWords.en, optionWords.de]];
      return pairs.flatMap(([one, other]) => [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
        (key) => !one[key] || !other[key] || holes(one[key]) !== holes(other[key])));
    }"""
    assert await call(page, "editor/words.en", body) == []


async def test_a_draft_is_judged_by_the_rules_of_the_wall(open_page: OpenPage) -> None:
    page = await open_page()
    cases = json.loads((Path(__file__).parents[1] / "dashboard/level_cases.json").read_text(encoding="utf-8"))
    body = """({ LevelJudge }, cases) => cases.map(({ limits, looks }) => {
      const judge = new LevelJudge(limits);
      return looks.map(([value, now, at]) => (judge.judge(value, now, at), judge.level));
    })"""
    assert await call(page, "editor/judge", body, cases) == [case["levels"] for case in cases]


async def test_the_preview_says_the_walls_own_level_and_holds_a_new_limit(open_page: OpenPage) -> None:
    page = await open_page()
    body = """({ DraftModel }) => {
      let now = 100_000;
      const model = new DraftModel({ now: () => now });
      const limits = { direction: "above", warning: 5, critical: null, clear: 0, hold: 10 };
      const board = (thresholds) => ({ tiles: [{ id: "a", series: [3], thresholds, options: {} }] });
      const rest = { series: { 3: { connection: "main" } }, values: { 3: [7, 99_000, "ok"] } };
      const known = { levels: { a: { 3: ["warning", 1] } }, links: {}, bridge: "live" };
      model.snapshot({ wallboard: board(limits), ...rest, ...known });
      model.draw({ wallboard: board(limits), ...rest, history: {} });
      const told = [model.level("a", "3").level];
      model.draw({ wallboard: board({ ...limits, warning: 6 }), ...rest, history: {} });
      told.push(model.level("a", "3").level);
      now += 8_900;
      told.push(model.judgeAgain().size, model.level("a", "3").level);
      now += 200;
      told.push(model.judgeAgain().size, model.level("a", "3").level);
      return told;
    }"""
    assert await call(page, "editor/live", body, None) == ["warning", "normal", 0, "normal", 1, "warning"]
