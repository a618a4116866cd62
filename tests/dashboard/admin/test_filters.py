"""The list of statistics answers an operator's question: what is rejected for that team, on that connection?"""

import re

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboard.models import Team, Tile, TileSeries, Wallboard
from statsbridge.models import Connection, LastValue, LinkStatus, MonitoredObject, Series, StatisticDefinition
from tests.dashboard.admin.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
URL = "admin:statsbridge_statisticdefinition_changelist"


def listed(client: Client, **chosen: object) -> set[str]:
    page = client.get(reverse(URL), chosen)
    return {row.name for row in page.context["cl"].result_list}


def measure(name: str, team: Team, connection: Connection, state: str) -> None:
    """A statistic on an object of its own, on a board of the team."""
    definition, _ = StatisticDefinition.objects.get_or_create(name=name, defaults={"title": name, "statistic": name})
    number = MonitoredObject.objects.count()
    queue = MonitoredObject.objects.create(
        name=f"q{number}", title="Q", type="Queue", object_id=f"{number}", connection=connection
    )
    series = Series.objects.create(definition=definition, monitored_object=queue, wanted=True)
    board, _ = Wallboard.objects.get_or_create(slug=f"of-{team.name}", defaults={"title": "T", "team": team})
    tile = Tile.objects.create(wallboard=board, key=f"t{number}", kind="number")
    TileSeries.objects.create(tile=tile, series=series)
    Series.objects.filter(pk=series.pk).update(wanted=True)
    LastValue.objects.create(series=series, state=state, at=1, value=1, reason="")


@pytest.fixture
def measured() -> tuple[Team, Connection]:
    """Rejected for service on another connection, and fine for sales on the first."""
    sales, service, first = Team.objects.get(name="sales"), Team.objects.get(name="service"), Connection.objects.get()
    other = Connection.objects.create(name="other", api_url="https://other.example.com", client_id="x")
    measure("both", sales, first, "ok")
    measure("both", service, other, "rejected")
    measure("refused", sales, first, "rejected")
    return sales, other


def test_what_is_rejected_for_a_team_is_what_its_boards_show(owner: Client, measured: tuple[Team, Connection]) -> None:
    sales, other = measured
    assert listed(owner, **{"is": "rejected"}) == {"both", "refused"}
    assert listed(owner, **{"is": "rejected", "team": sales.pk}) == {"refused"}
    assert listed(owner, **{"is": "rejected", "connection": other.pk}) == {"both"}
    assert listed(owner, **{"is": "rejected", "connection": other.pk, "team": sales.pk}) == set()


def test_statistics_of_a_connection_or_of_a_teams_boards_are_listed(
    owner: Client, measured: tuple[Team, Connection]
) -> None:
    sales, other = measured
    assert listed(owner, connection=other.pk) == {"both"}
    assert {"both", "refused"} <= listed(owner, team=sales.pk)


def test_an_editor_is_told_nothing_of_other_teams_boards(measured: tuple[Team, Connection]) -> None:
    service = Team.objects.get(name="service")
    maria = client_of("maria")
    assert f"team={service.pk}" not in maria.get(reverse(URL)).content.decode()
    assert listed(maria, team=service.pk) == listed(maria)
    assert listed(maria, **{"is": "rejected", "team": service.pk}) == listed(maria, **{"is": "rejected"})


def test_the_filters_cost_the_same_however_much_is_measured(owner: Client, measured: tuple[Team, Connection]) -> None:
    sales, other = measured
    chosen = {"is": "rejected", "team": sales.pk, "connection": other.pk}
    listed(owner, **chosen)
    with CaptureQueriesContext(database) as few:
        listed(owner, **chosen)
    for number in range(30):
        measure(f"more-{number}", sales, other, "rejected")
    with CaptureQueriesContext(database) as many:
        assert len(listed(owner, **chosen)) == 30
    assert len(many) == len(few)


def test_connections_are_filtered_by_the_word_that_the_list_shows_in_the_readers_language(owner: Client) -> None:
    link = LinkStatus.objects.create(connection=Connection.objects.get(), state="down", reason="unreachable")
    connections = "admin:statsbridge_connection_changelist"
    page = owner.get(reverse(connections), headers={"accept-language": "de"}).content.decode()
    (word,) = re.findall(r'<a href="\?link=down">\s*([^<]+?)\s*</a>', page)
    assert word in page.partition('id="result_list"')[2].partition("</table>")[0]
    assert word != "down"
    found = [
        list(owner.get(reverse(connections), {"link": state}).context["cl"].result_list) for state in ("down", "x")
    ]
    assert found == [[link.connection], []]


def test_why_a_link_is_down_is_told_in_the_readers_language_wherever_it_is_listed(owner: Client) -> None:
    told = "Signing in failed: Name or service not known."
    LinkStatus.objects.create(connection=Connection.objects.get(), state="down", reason=told)
    for name in ("connection", "linkstatus"):
        page = owner.get(reverse(f"admin:statsbridge_{name}_changelist"), headers={"accept-language": "de"})
        assert "Anmeldung" in page.content.decode().partition('id="result_list"')[2].partition("</table>")[0]
        assert "Signing in" not in page.content.decode()
