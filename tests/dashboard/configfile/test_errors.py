"""Each bad configuration is refused with file, line, key and reason, and nothing is changed."""

import contextlib

import pytest

from dashboard.configfile import ConfigurationRefused, export_text
from dashboard.models import Wallboard
from statsbridge.models import Connection, Revision
from tests.dashboard.configfile.files import ENVIRONMENT, SAMPLE, apply, line_of, refusal

pytestmark = pytest.mark.django_db

# What is replaced in the sample by what, the part whose line is named, the key, and the reason.
BAD = {
    "an unknown key": ("client_id:", "client:", "client:", "connections[0].client", "unknown key; the keys here are"),
    "an unknown section": ("teams:\n", "groups:\n", "groups:", "groups", "unknown key"),
    "another version": ("version: 1", "version: 2", "version: 2", "version", "this program reads version 1"),
    "an unknown connection": (
        "title: Sales, connection: main", "title: Sales, connection: mian", "sales-queue, ",
        "objects[0].connection", "there is no connection “mian”; did you mean “main”?",
    ),
    "an unknown object": (
        "object: sales-queue}],", "object: sale-queue}],", "title: Waiting,",
        "wallboards[0].tiles[0].series[0].object", "there is no object “sale-queue”; did you mean “sales-queue”?",
    ),
    "an unknown statistic": (
        "[{statistic: calls-waiting, object: sales-queue}],\n         position: {x: 0",
        "[{statistic: calls-lost, object: sales-queue}],\n         position: {x: 0",
        "calls-lost", "wallboards[0].tiles[0].series[0].statistic", "there is no statistic “calls-lost”",
    ),
    "an unknown team": ("    team: sales", "    team: sale", "team: sale", "wallboards[0].team", "no team “sale”"),
    "an unknown team that may look": (
        "shared_with: [service]", "shared_with: [nobody]", "nobody", "wallboards[0].shared_with[0]", "no team “nobody”",
    ),
    "an object for an unknown team": ("teams: [sales]", "teams: [x]", "teams: [x]", "objects[2].teams[0]", "no team"),
    "both name and definition": (
        "    statistic: CurrNumberWaitingCalls",
        "    statistic: CurrNumberWaitingCalls\n    definition: {category: CurrentNumber}",
        "definition: {category: CurrentNumber}", "statistics[0].definition", "not both",
    ),
    "neither name nor definition": (
        "    statistic: CurrNumberWaitingCalls\n", "", "name: calls-waiting", "statistics[0]", "give “statistic”",
    ),
    "overlapping tiles": (
        "{x: 3, y: 0, w: 6, h: 2}", "{x: 2, y: 1, w: 6, h: 1}", "x: 2, y: 1",
        "wallboards[0].tiles[1].position", "overlaps the tile “tile-1”",
    ),
    "a tile outside of the columns": (
        "{x: 3, y: 0, w: 6, h: 2}", "{x: 9, y: 0, w: 6, h: 2}", "x: 9",
        "wallboards[0].tiles[1].position", "ends at column 15, but the wallboard has 12 columns",
    ),
    "a tile below the last row": (
        "{x: 6, y: 2, w: 3, h: 2}", "{x: 6, y: 23, w: 3, h: 2}", "y: 23", "wallboards[0].tiles[3].position", "row 25",
    ),
    "a negative place": ("{x: 0, y: 0,", "{x: -1, y: 0,", "x: -1", "wallboards[0].tiles[0].position.x", "greater than"),
    "a tile without a place": (
        ", position: {x: 6, y: 2, w: 3, h: 2}", "", "PLACEHOLDER", "wallboards[0].tiles[3].position", "is missing",
    ),
    "an unknown kind": ("kind: trend", "kind: trent", "kind: trent", "wallboards[0].tiles[1].kind", "no tile kind"),
    "an option of another kind": (
        "goal: 3", "window: 3", "window: 3", "wallboards[0].tiles[0].window", "unknown key; the keys here are",
    ),
    "an option of the wrong type": (
        "window: 30", "window: soon", "window: soon", "wallboards[0].tiles[1].window", "valid integer",
    ),
    "too few series": (
        "series: [{statistic: agent-state, object: maria}],", "series: [],", "id: people",
        "wallboards[0].tiles[2]", "needs at least 1 series",
    ),
    "a series that the kind cannot show": (
        "[{statistic: agent-state, object: maria}]", "[{statistic: calls-waiting, object: maria}]", "id: people",
        "wallboards[0].tiles[2]", "an agents tile shows states",
    ),
    "a series twice": (
        "object: orders-queue}],", "object: sales-queue}],", "calls-waiting, object: sales-queue}, ",
        "wallboards[0].tiles[1].series[1]", "in this tile twice",
    ),
    "an object that is for another team": (
        "teams: [sales]", "teams: [service]", "agent-state, object: maria",
        "wallboards[0].tiles[2].series[0].object", "only for service, and this wallboard belongs to “sales”",
    ),
    "thresholds out of order": (
        "warning: 5, critical: 10", "warning: 15, critical: 10", "warning: 15", "statistics[0].thresholds",
        "critical (10) must lie beyond warning (15)",
    ),
    "a threshold that is no number": (
        "critical: 10, clear", "critical: nan, clear", "critical: nan", "statistics[0].thresholds.critical",
        "finite number",
    ),
    "a threshold without end": (
        "critical: 10, clear", "critical: 1e999, clear", "critical: 1e999", "statistics[0].thresholds.critical",
        "finite number",
    ),
    "a tile's threshold without end": (
        "warning: 3, critical: 8", "warning: -inf, critical: 8", "warning: -inf",
        "wallboards[0].tiles[0].thresholds.warning", "finite number",
    ),
    "a hold without end": (
        "hold: 10", "hold: !!float 1e400", "hold: !!float", "statistics[0].thresholds.hold", "finite number",
    ),
    "a secret's missing variable": (
        "${SAMPLE_PASSWORD}", "${SAMPLE_WORD}", "SAMPLE_WORD", "connections[0].password", "not set",
    ),
    "a missing variable in plain text": (
        "title: Orders", "title: '${ORDERS}'", "${ORDERS}", "objects[1].title", "the environment variable ORDERS is",
    ),
    "no name of a variable": (
        "title: Orders", "title: '${an order}'", "${an order}", "objects[1].title", "is no variable",
    ),
    "a grant without what it needs": (
        "    password: ${SAMPLE_PASSWORD}\n", "", "name: main", "connections[0].password", "needs “password”",
    ),
    "an unknown grant": ("grant: password", "grant: magic", "grant: magic", "connections[0].grant", "'password'"),
    "a new item without what it needs": (
        "    client_id: wallboard\n", "", "name: main", "connections[0]", "“client_id” is missing; a new connection",
    ),
    "the wrong type": ("title: Orders", "title: 7", "title: 7", "objects[1].title", "must be text; put it in quotes"),
    "a list that is none": ("tags: [voice]", "tags: voice", "tags: voice", "objects[2].tags", "valid list"),
    "a section that is no list": (
        "teams:\n", "teams: sales\nx-teams:\n", "teams: sales", "teams", "must be a list of teams",
    ),
    "a name twice": (
        "name: orders-queue", "name: sales-queue", "title: Orders", "objects[1].name", "first as objects[0]",
    ),
    "a slug twice": (
        "wallboards:\n", "wallboards:\n  - {slug: sales, team: sales}\n", "- slug: sales",
        "wallboards[1].slug", "twice",
    ),
    "an id twice": ("kind: text,", "id: people, kind: text,", "PLACEHOLDER", "wallboards[0].tiles[3].id", "twice"),
    "a member twice": ("username: ben", "username: maria", "username: maria", "teams[0].members[1].username", "twice"),
    "an object of Genesys twice": (
        "id: 8002@SIP_Switch", "id: 8001@SIP_Switch", "title: Orders", "objects[1].id", "as “sales-queue”",
    ),
    "an unknown type of object": ("type: Agent", "type: Robot", "type: Robot", "objects[2].type", "is no object type"),
    "an unknown role": ("role: editor", "role: king", "role: king", "teams[0].members[0].role", "'viewer'"),
    "an unknown unit": ("unit: count", "unit: calls", "unit: calls", "statistics[0].unit", "'count'"),
    "an unknown time zone": (
        "    timezone: Europe/Berlin\n    allowed", "    timezone: Mars/Base\n    allowed", "Mars/Base",
        "wallboards[0].timezone", "no time zone",
    ),
    "an address that is none": (
        "https://${SAMPLE_HOST}", "gws.example.com", "api_url", "connections[0].api_url", "Give an address such as",
    ),
    "an origin with a path": (
        "https://portal.example.com", "https://portal.example.com/x", "allowed_origins",
        "wallboards[0].allowed_origins[0]", "is no origin",
    ),
    "a name that is no slug": ("slug: sales", "slug: sales f", "slug: sales f", "wallboards[0].slug", "letters"),
    "a key twice": ("    client_id: wallboard", "    client_id: wallboard\n    client_id: other",
        "client_id: other", "connections[0].client_id", "the key is there twice, first on line"),
    "no YAML": ("objects:\n", "objects: [\n", "name: calls-waiting", "", "not YAML"),
    "a tag": ("title: Orders", "title: !!python/name:os.system Orders", "python/name", "objects[1].title", "the tag"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "part", "key", "reason"), BAD.values(), ids=BAD.keys())
def test_it_is_refused_with_file_line_key_and_reason(old: str, new: str, part: str, key: str, reason: str) -> None:
    text = SAMPLE.replace(old, new, 1)
    assert text != SAMPLE
    lines = refusal(text)
    if key:
        start = f"wallboard.yaml:{line_of(text, part)}: {key}: "
        assert any(line.startswith(start) and reason in line for line in lines), lines
    else:
        assert any(line.startswith("wallboard.yaml:") and reason in line for line in lines), lines
    assert not Connection.objects.exists()
    assert not Wallboard.objects.exists()
    assert not Revision.current()


MEANT = {
    "a key": ("timezone: Europe/Berlin\nobjects", "timezon: Europe/Berlin\nobjects", "timezone"),
    "a key of an object": ("title: Orders", "titel: Orders", "title"),
    "a section": ("teams:\n", "team:\n", "teams"),
    "a key of a member": ("role: editor", "rol: editor", "role"),
    "a key of thresholds": ("warning: 5", "warn: 5", "warning"),
    "a key of a tile": ("window: 30", "windows: 30", "window"),
    "a type of object": ("type: Agent", "type: Agnet", "Agent"),
    "a type in another case": ("type: Agent", "type: agent", "Agent"),
    "a unit": ("unit: count", "unit: counts", "count"),
    "a role": ("role: editor", "role: Editor", "editor"),
    "a grant": ("grant: password", "grant: passwort", "password"),
    "a direction": ("direction: above, warning: 5", "direction: abov, warning: 5", "above"),
    "a kind of tile": ("kind: trend", "kind: trent", "trend"),
    "a time zone": ("timezone: Europe/Berlin\nobjects", "timezone: Europe/Berlim\nobjects", "Europe/Berlin"),
}


@pytest.mark.parametrize(("old", "new", "meant"), MEANT.values(), ids=MEANT)
def test_what_was_probably_meant_is_said(old: str, new: str, meant: str) -> None:
    lines = refusal(SAMPLE.replace(old, new, 1))
    assert any(line.endswith(f"; did you mean “{meant}”?") for line in lines), lines


@pytest.mark.parametrize("name", [name for name in BAD if name != "a secret's missing variable"])
def test_what_was_stored_stays_as_it_was(name: str) -> None:
    old, new, *_ = BAD[name]
    apply()
    before, revision = export_text(), Revision.current()
    # A few are only wrong where nothing is stored yet: then nothing changes either.
    with contextlib.suppress(ConfigurationRefused):
        apply(SAMPLE.replace(old, new, 1))
    assert export_text() == before
    assert Revision.current() == revision


def test_all_errors_come_at_once_in_the_order_of_the_file() -> None:
    text = (
        SAMPLE.replace("type: Agent", "type: Robot")
        .replace("unit: count", "unit: calls")
        .replace("{x: 3, y: 0, w: 6, h: 2}", "{x: 2, y: 1, w: 6, h: 1}")
        .replace("${SAMPLE_API_KEY}", "${UNSET_KEY}")
    )
    lines = refusal(text)
    assert [line.split(": ")[1] for line in lines] == [
        "connections[0].api_key", "objects[2].type", "statistics[0].unit", "wallboards[0].tiles[1].position",
    ]  # fmt: skip


def test_a_broken_item_makes_no_further_errors_where_it_is_used() -> None:
    lines = refusal(SAMPLE.replace("timezone: Europe/Berlin\nobjects", "timezone: nowhere\nobjects"))
    assert len(lines) == 1


@pytest.mark.parametrize("text", ["", "version:", "- version: 1", "just text", "\t", "{a: &x [*x]}", "a: *b"])
def test_a_file_that_is_no_configuration_is_refused(text: str) -> None:
    assert refusal(text)[0].startswith("wallboard.yaml:1")


def test_no_secret_is_repeated_in_an_error() -> None:
    environment = {**ENVIRONMENT, "PROXY": "socks://user:sample-proxy-word@proxy"}
    text = SAMPLE.replace(
        "    grant: password", "    grant: password\n    proxy: ${PROXY}\n    enabled: ${SAMPLE_PASSWORD}"
    )
    lines = refusal(text, environment)
    assert len(lines) == 2
    assert not any(word in line for line in lines for word in ("sample-proxy-word", "sample-password"))


def test_a_file_may_not_take_an_object_away_from_a_board_that_it_does_not_name() -> None:
    apply()
    (line,) = refusal("version: 1\nobjects:\n  - {name: maria, teams: [service]}\n")
    assert "wallboard sales.tiles.people.series.0.object, which this file does not name" in line


def test_an_old_mistake_elsewhere_does_not_stop_a_file() -> None:
    apply()
    Wallboard.objects.update(columns=4)
    assert apply("version: 1\nobjects:\n  - {name: maria, title: Maria}\n").changes
