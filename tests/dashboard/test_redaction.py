"""What the views of embeds leave of a board and its values, without a database."""

from typing import Any

import pytest

from dashboard.models import Tile
from dashboard.redaction import People, Veil, hides, initials, narrowest, plain_views, shown
from dashboard.tiles import SeriesInfo
from statsbridge.messages import Link, LinkState, Reading, ValueState

NOBODY = People()
MARIA = ("Maria Lopez", "maria", "maria.lopez@sample")
MEMBERS = [
    {"id": "maria.lopez@sample", "state": "CallInbound", "since": 1_000},
    {"id": "4711", "state": "WaitForNextCall", "since": 2_000},
    {"id": "ben.carter", "state": "CallInbound", "since": 3_000},
]


def info(number: int = 1, **facts: Any) -> SeriesInfo:
    whole: dict[str, Any] = {
        "id": number, "statistic": "calls", "title": "Calls", "unit": "count", "decimals": None,
        "object_name": "sales-queue", "object_title": "Sales", "object_type": "Queue", "object_id": "8001@SIP",
        "connection": "main",
    }  # fmt: skip
    return SeriesInfo(**whole | facts)


def maria(number: int = 1, **facts: Any) -> SeriesInfo:
    person = {"object_name": "maria", "object_title": "Maria Lopez", "object_type": "Agent"}
    return info(number, **person | {"object_id": "maria.lopez@sample"} | facts)


def tile(kind: str, key: str = "one", **given: Any) -> Tile:
    return Tile(**{"key": key, "kind": kind, "title": "", "x": 0, "y": 0, "w": 3, "h": 2} | given)


def value_of(view: str, value: Any, members: dict[str, str] | None = None, people: People = NOBODY) -> Any:
    return Veil(view).wire(Reading(value, 5), members, people)[0]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Maria Lopez", "M. L."),
        ("Maria L.", "M. L."),
        ("maria.lopez@example.com", "M. L."),
        ("Lopez, Maria", "L. M."),
        ("Ludwig van Beethoven", "L. B."),
        ("Anna-Lena Weiß (4711)", "A. W."),
        ("Émile Øster", "É. Ø."),
        ("Maria", "M."),
        ("4711", ""),
        ("", ""),
    ],
)
def test_a_name_is_reduced_to_the_letters_that_it_begins_with(name: str, short: str) -> None:
    assert initials(name) == short


def test_the_narrowest_of_several_views_holds() -> None:
    assert narrowest(["floor", "full", "lobby"]) == "lobby"
    assert narrowest(["floor", "full"]) == "floor"


def test_what_is_hidden_from_the_floor_is_hidden_from_the_lobby_and_not_the_other_way_round() -> None:
    assert [hides(["floor"], view) for view in ("full", "floor", "lobby")] == [False, True, True]
    assert [hides(["lobby"], view) for view in ("full", "floor", "lobby")] == [False, False, True]
    assert plain_views(["lobby", "floor", "lobby"]) == ["floor", "lobby"]


# -- texts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ask Maria Lopez today", "Ask M. L. today"),
        ("MARIA LOPEZ", "M. L."),
        ("no maria.lopez@sample here", "no M. L. here"),
        ("maria-lopez-calls", "M. L.-calls"),
        ("Marianne Lopezza", "Marianne Lopezza"),
        ("maria", "maria"),
    ],
)
def test_names_and_ids_of_known_people_are_taken_out_of_texts(text: str, told: str) -> None:
    assert People.of([MARIA]).out_of(text) == told


@pytest.mark.parametrize(
    "text",
    [
        *("Maria\nLopez", "Maria  Lopez", "Maria\u00a0Lopez", "**Maria** Lopez", "_Maria Lopez_", "Lopez, Maria"),
        *(
            "LOPEZ MARIA",
            "maria_lopez",
            "maria.lopez",
            "maria_lopez_calls",
            "Jose\u0301 Weiß",
            "JOSÉ WEISS",
            "Weiss, José",
        ),
    ],
)
def test_names_are_found_however_they_are_written(text: str) -> None:
    people = People.of(
        [("Maria Lopez", "maria-lopez", "4711"), ("José Weiß", "jose", "4712"), ("Maria & Lopez", "m", "9")]
    )
    told = people.out_of(text).lower()
    assert not [one for one in ("maria", "lopez", "jos", "wei") if one in told]


def test_the_longest_of_several_names_is_taken_first() -> None:
    people = People.of([("Maria", "m", "11"), ("Maria Lopez", "ml", "12345")])
    assert people.out_of("Maria Lopez and Maria, 12345 in room 11") == "M. L. and M., M. L. in room 11"


# -- the board -----------------------------------------------------------------------------------------------------


def test_on_the_floor_people_have_initials_and_neither_name_nor_id() -> None:
    ((_, [one]),) = shown([(tile("number"), [maria()])], "floor", People.of([MARIA]))
    assert (one.object_title, one.object_name, one.object_id) == ("M. L.", "object-1", "")


def test_somebody_without_letters_in_the_title_is_told_from_others() -> None:
    parts = [
        (tile("agents"), [maria(n, unit="state", object_title=str(4700 + n), object_name=f"a{n}") for n in (1, 2)])
    ]
    ((_, found), (_, again)) = shown([*parts, *parts], "floor", NOBODY)
    assert [one.object_title for one in found] == [one.object_title for one in again] == ["#1", "#2"]


def test_nobody_is_named_by_what_a_statistic_is_called() -> None:
    named = info(statistic="calls-of-maria-lopez", title="Calls of Maria Lopez")
    ((_, [one]),) = shown([(tile("number"), [named])], "lobby", People.of([MARIA]))
    assert (one.statistic, one.title) == ("calls-of-M. L.", "Calls of M. L.")


def test_one_object_has_one_name_in_all_tiles() -> None:
    parts = [(tile("number", "a"), [maria(1)]), (tile("number", "b"), [info(2)]), (tile("number", "c"), [maria(3)])]
    assert [found[0].object_name for _, found in shown(parts, "floor", NOBODY)] == ["object-1", "object-2", "object-1"]


@pytest.mark.parametrize("kind", ["Agent", "AgentPlace", "Place", "RegDN", "RegularDN", "Workbin", "Unheard"])
def test_the_lobby_sees_nothing_of_a_single_person_or_an_unknown_type(kind: str) -> None:
    parts = [(tile("number"), [maria(object_type=kind)]), (tile("bars", "two"), [info(1), maria(2, object_type=kind)])]
    ((kept, [one]),) = shown(parts, "lobby", NOBODY)
    assert (kept.key, one.id) == ("two", 1)


def test_the_lobby_has_no_list_of_agents_not_even_of_a_group() -> None:
    group = info(unit="state", object_type="GroupAgents")
    assert shown([(tile("agents"), [group])], "lobby", NOBODY) == []
    assert len(shown([(tile("donut"), [group])], "lobby", NOBODY)) == 1


@pytest.mark.parametrize("view", ["floor", "lobby"])
def test_texts_of_the_contact_centre_may_name_anybody_and_are_left_out(view: str) -> None:
    assert shown([(tile("number"), [info(unit="text")])], view, NOBODY) == []


def test_a_tile_that_cannot_be_drawn_with_what_is_left_is_left_out() -> None:
    parts = [(tile("donut"), [info(1), maria(2)]), (tile("donut", "broken", options={"limit": "many"}), [info(1)])]
    assert shown(parts, "lobby", NOBODY) == []


def test_chosen_tiles_are_hidden() -> None:
    parts = [
        (tile("number", "a", hidden_from=["floor"]), [info()]),
        (tile("number", "b", hidden_from=["lobby"]), [info()]),
    ]
    assert [kept.key for kept, _ in shown(parts, "floor", NOBODY)] == ["b"]
    assert shown(parts, "lobby", NOBODY) == []


def test_names_in_what_people_wrote_themselves_are_shortened() -> None:
    text = tile("text", "maria-lopez", pk=7, title="From Maria Lopez", options={"text": "Call **Maria Lopez**"})
    ((kept, _),) = shown([(text, [])], "lobby", People.of([MARIA]))
    assert (kept.key, kept.title, kept.options) == ("tile.7", "From M. L.", {"text": "Call **M. L.**"})
    assert text.title == "From Maria Lopez"


def test_no_tile_gets_the_id_of_another() -> None:
    parts = [(tile("text", "maria-lopez", pk=7, options={"text": "a"}), []), (tile("text", "tile-1", pk=8), [])]
    parts += [(tile("text", f"tile-{number}", pk=10 + number, options={"text": "b"}), []) for number in (2, 7)]
    keys = [kept.key for kept, _ in shown(parts, "floor", People.of([MARIA]))]
    assert len(set(keys)) == len(keys)


# -- values --------------------------------------------------------------------------------------------------------


def test_a_full_view_shows_what_the_bridge_said_with_the_titles_of_members() -> None:
    wire = Veil().wire(
        Reading({"state": "Busy", "agents": MEMBERS}, 5, ValueState.STALE, "why"), {"4711": "Ben"}, NOBODY
    )
    assert wire[0]["agents"][1] == MEMBERS[1] | {"title": "Ben"}
    assert wire[1:] == [5, "stale", "why"]


def test_the_lobby_gets_counts_of_a_group() -> None:
    told = value_of("lobby", {"state": "CallInbound", "agents": MEMBERS}, {"4711": "Ben"})
    assert told == {"state": "CallInbound", "counts": {"CallInbound": 2, "WaitForNextCall": 1}}


def test_the_floor_gets_counts_too_where_no_tile_lists_the_members() -> None:
    assert "agents" not in value_of("floor", {"state": "CallInbound", "agents": MEMBERS})


def test_members_on_the_floor_have_initials_and_a_key_of_this_stream() -> None:
    value = {"state": "CallInbound", "agents": MEMBERS}
    veil = Veil("floor")
    first, again = (veil.wire(Reading(value, 5), {"4711": "Zoe Q."}, NOBODY)[0]["agents"] for _ in range(2))
    other = value_of("floor", value, {"4711": "Zoe Q."})["agents"]
    assert [one["title"] for one in first] == ["M. L.", "Z. Q.", "B. C."]
    assert first == again
    assert {one["id"] for one in first}.isdisjoint({one["id"] for one in other})
    assert {one["id"] for one in first}.isdisjoint({one["id"] for one in MEMBERS})


def test_an_agents_state_on_the_floor_keeps_what_is_known_to_be_harmless() -> None:
    channels = [
        {"media": "voice", "state": "Busy", "since": 1, "dn": "7001"},
        {"media": "maria.lopez@sip", "state": "x"},
    ]
    state = {"state": "NotReady", "since": 1, "reason": "with Maria Lopez", "channels": channels, "loginId": "4711"}
    assert value_of("floor", state, people=People.of([MARIA])) == {
        "state": "NotReady",
        "since": 1,
        "reason": "with M. L.",
        "channels": [
            {"media": "voice", "state": "Busy", "since": 1},
            {"media": "other", "state": "x", "since": None},
        ],
    }


def test_numbers_are_shown_and_texts_are_not() -> None:
    assert [value_of("lobby", value) for value in (7, 1.5, None, "maria.lopez", ["maria"], {"agents": []})] == [
        7, 1.5, None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("view", ["floor", "lobby"])
def test_what_the_service_says_of_a_refusal_or_a_link_is_not_repeated(view: str) -> None:
    rejected = Reading(None, None, ValueState.REJECTED, "Agent maria.lopez not found")
    assert Veil(view).wire(rejected, None, NOBODY) == [None, None, "rejected"]
    assert Veil(view).link(Link(LinkState.DOWN, 5, "maria.lopez may not sign in")) == Link(LinkState.DOWN, 5)
