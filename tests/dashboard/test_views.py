"""Pages: who may open them, and what their headers say."""

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from dashboard.models import Wallboard
from statsbridge.models import Connection, Worker
from tests.dashboard.floor import Floor, now_ms

PAGE = "/wallboards/sales/"


@pytest.fixture(autouse=True)
def _plain_static(settings: Settings) -> None:
    # Hashed names need collected files.
    settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def client_of(floor: Floor, person: str) -> Client:
    client = Client()
    client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("person", "status"), [("ben", 200), ("eva", 200), ("maya", 200), ("root", 200), ("omar", 403)]
)
def test_a_board_opens_for_its_team_and_superusers(floor: Floor, person: str, status: int) -> None:
    assert client_of(floor, person).get(PAGE).status_code == status


def test_a_board_opens_for_a_team_it_is_shared_with(floor: Floor) -> None:
    floor.board.shared_with.add(floor.service)
    assert client_of(floor, "omar").get(PAGE).status_code == 200


def test_without_a_session_a_board_leads_to_the_sign_in(floor: Floor) -> None:
    response = Client().get(PAGE)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={PAGE}"
    assert Client().get("/wallboards/nowhere/").status_code == 302


def test_a_board_that_is_not_there_or_disabled_is_not_found(floor: Floor) -> None:
    assert client_of(floor, "ben").get("/wallboards/nowhere/").status_code == 404
    Wallboard.objects.update(enabled=False)
    assert client_of(floor, "ben").get(PAGE).status_code == 404
    assert client_of(floor, "omar").get(PAGE).status_code == 403


def test_a_board_may_not_be_framed(floor: Floor) -> None:
    response = client_of(floor, "ben").get(PAGE)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "'unsafe-inline'" not in response["Content-Security-Policy"].split("script-src")[1].split(";")[0]


def test_the_home_page_lists_what_one_may_see(floor: Floor) -> None:
    Wallboard.objects.create(slug="hidden", title="Hidden away", team=floor.sales, enabled=False)
    assert b"Sales floor" in client_of(floor, "ben").get("/").content
    assert b"Hidden away" not in client_of(floor, "ben").get("/").content
    assert b"Sales floor" not in client_of(floor, "omar").get("/").content
    assert Client().get("/").status_code == 302


def test_the_home_page_says_the_next_step(floor: Floor) -> None:
    floor.board.delete()
    assert b"no wallboard yet" in client_of(floor, "root").get("/").content
    floor.waiting.delete()
    floor.level.delete()
    Connection.objects.all()[0].objects_monitored.all().delete()
    Connection.objects.all().delete()
    assert b"Add a connection" in client_of(floor, "root").get("/").content
    assert b"Ask your administrator" in client_of(floor, "ben").get("/").content


# -- frames --------------------------------------------------------------------------------------------------------


def test_an_embed_may_be_framed_by_exactly_its_origins(floor: Floor) -> None:
    floor.board.allowed_origins = ["https://portal.example.com", "http://intranet:8080"]
    floor.board.save()
    response = Client().get("/embed/sales/")
    directives = [part.strip() for part in response["Content-Security-Policy"].split(";")]
    assert "frame-ancestors https://portal.example.com http://intranet:8080" in directives
    assert "X-Frame-Options" not in response


def test_an_embed_without_origins_may_not_be_framed(floor: Floor) -> None:
    assert "frame-ancestors 'none'" in Client().get("/embed/sales/")["Content-Security-Policy"]


def test_an_embed_sets_no_cookie_and_carries_no_data(floor: Floor) -> None:
    client = client_of(floor, "root")
    client.cookies["elsewhere"] = "x"
    response = client.get("/embed/sales/")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    for secret in (b"Sales floor", b"Calls waiting", b"sales-queue", b"8001", b"root"):
        assert secret not in response.content
    assert b"/ws/embed/sales/" in response.content


def test_an_embed_hands_the_choice_of_tiles_and_view_on_to_its_socket(floor: Floor) -> None:
    response = Client().get("/embed/sales/?tiles=level,a%26b&tiles=x&view=lobby&token=sample-word")
    assert response.context["socket_path"] == "/ws/embed/sales/?tiles=level%2Ca%26b%2Cx&view=lobby"
    assert b"sample-word" not in response.content
    assert Client().get("/embed/sales/?view=").context["socket_path"] == "/ws/embed/sales/"


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [("?lang=de", "en", "de"), ("?lang=en", "de", "en"), ("?lang=xx", "de", "de"), ("", "de", "de")],
)
def test_an_embed_is_in_the_language_of_its_address(floor: Floor, query: str, accepted: str, language: str) -> None:
    response = Client().get(f"/embed/sales/{query}", headers={"accept-language": accepted})
    assert f'lang="{language}"' in response.content.decode()
    assert response["Content-Language"] == response.context["locale"] == language


def test_an_embed_is_transparent_where_its_address_says_so(floor: Floor) -> None:
    assert b'data-background="transparent"' in Client().get("/embed/sales/?background=transparent").content
    assert b"data-background" not in Client().get("/embed/sales/?background=red").content


def test_the_frame_of_a_portal_reaches_nothing_but_itself_and_its_socket(floor: Floor, settings: Settings) -> None:
    policy = Client().get("/embed/sales/")["Content-Security-Policy"]
    assert "connect-src http://testserver/embed/sales/ ws://testserver/ws/embed/sales/;" in policy + ";"
    settings.PUBLIC_URL = "https://wall.example.com"
    policy = Client().get("/embed/sales/")["Content-Security-Policy"]
    assert "ws://wall.example.com/ws/embed/sales/" in policy
    assert "connect-src 'self'" in Client().get("/accounts/login/")["Content-Security-Policy"]


def test_an_embed_does_not_tell_whether_a_board_exists(floor: Floor) -> None:
    response = Client().get("/embed/nowhere/")
    assert response.status_code == 200
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


# -- health ----------------------------------------------------------------------------------------------------------


def test_it_says_that_it_serves(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_it_is_ready_while_the_bridge_lives(floor: Floor, client: Client) -> None:
    Worker.objects.create(name="w", started_at=0, beat_at=now_ms())
    response = client.get("/readyz")
    assert response.status_code == 200
    body = response.json()
    assert body["ok"] is True
    assert set(body["checks"]) == {"database", "channel_layer", "bridge"}
    assert all(set(check) == {"ok", "detail"} for check in body["checks"].values())


def test_it_is_not_ready_without_the_bridge_but_stays_in_the_balancer(floor: Floor, client: Client) -> None:
    assert client.get("/readyz").status_code == 503
    Worker.objects.create(name="w", started_at=0, beat_at=now_ms() - 12_000)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["bridge"]["ok"] is False
    assert client.get("/readyz?for=web").status_code == 200


def test_a_broken_layer_is_named_without_its_host(floor: Floor, client: Client, settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://secret-host.invalid:1"]},
        }
    }
    response = client.get("/readyz?for=web")
    assert response.status_code == 503
    assert response.json()["checks"]["channel_layer"]["ok"] is False
    assert b"secret-host" not in response.content


def test_figures_are_for_this_machine_or_the_bearer_of_the_token(client: Client, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 200
    assert b"wallboard_screens" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403
    settings.METRICS_TOKEN = "a-long-token"
    for token, status in (("a-long-token", 200), ("another", 403), ("", 403)):
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/metrics", headers=headers, REMOTE_ADDR="192.0.2.1").status_code == status


@pytest.mark.django_db
def test_people_sign_in_under_accounts(client: Client) -> None:
    assert client.get("/accounts/login/").status_code == 200


def test_a_viewer_in_the_editor_of_their_own_board_reads_that_the_role_is_missing(floor: Floor) -> None:
    told = "You may look at this wallboard, but not change it"
    own = client_of(floor, "ben").get(f"{PAGE}edit/")
    assert own.status_code == 403
    assert told in own.content.decode()
    assert "It belongs to another team" not in own.content.decode()
    other = client_of(floor, "omar").get(f"{PAGE}edit/")
    assert other.status_code == 403
    assert told not in other.content.decode()
    assert "It belongs to another team, or needs a role" in other.content.decode()


def test_a_viewer_at_the_administration_is_told_for_whom_it_is_and_led_back(floor: Floor) -> None:
    page = client_of(floor, "ben").get("/admin/", follow=True).content.decode()
    assert "You are signed in as ben. The administration is for editors and managers" in page
    assert '<a class="button" href="/">' in page
    assert 'action="/accounts/logout/"' in page
    assert "You are authenticated as" not in page
    assert 'name="password"' not in page
    assert 'name="password"' in Client().get("/admin/", follow=True).content.decode()


def test_the_help_has_a_part_for_each_role(floor: Floor) -> None:
    floor.users["eva"].is_staff = True
    floor.users["eva"].save()
    for person, parts in (("ben", 0), ("eva", 1), ("root", 2)):
        page = client_of(floor, person).get("/help/").content.decode()
        assert ('id="editing"' in page) + ('id="administering"' in page) == parts, person
        assert "docs/deploy.md" in page
