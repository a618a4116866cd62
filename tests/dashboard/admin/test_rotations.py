"""Rotations in the administration."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dashboard.models import Membership, Rotation, Team, Wallboard
from tests.dashboard.configfile.files import apply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stored(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    apply()


@pytest.fixture
def owner() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("owner"))
    return client


@pytest.fixture
def editor() -> Client:
    """An editor of the team whose wallboard it is; the rotation is the other team's."""
    client = Client()
    client.force_login(get_user_model().objects.get(username="maria"))
    return client


def page_of(rotation: Rotation) -> str:
    return reverse("admin:dashboard_rotation_change", args=[rotation.pk])


def form(*steps: tuple[int, str, int], team: str = "service", stored: int = 0, **more: Any) -> dict[str, Any]:
    """What a browser sends; each step is (order, wallboard, seconds)."""
    data: dict[str, Any] = {
        "title": "Floor",
        "slug": "floor",
        "team": Team.objects.get(name=team).pk,
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": stored,
    }
    for index, (order, slug, seconds) in enumerate(steps):
        values = {"order": order, "wallboard": Wallboard.objects.get(slug=slug).pk, "seconds": seconds}
        data |= {f"steps-{index}-{name}": value for name, value in values.items()}
    return data | more


def test_steps_come_in_the_order_of_their_numbers(owner: Client) -> None:
    Wallboard.objects.create(slug="second", title="Second", team=Team.objects.get(name="sales"))
    answer = owner.post(reverse("admin:dashboard_rotation_add"), form((20, "sales", 30), (10, "second", 5)))
    assert answer.status_code == 302, answer.content.decode()
    steps = Rotation.objects.get(slug="floor").steps.all()
    assert [(step.wallboard.slug, step.seconds) for step in steps] == [("second", 5), ("sales", 30)]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([], "A rotation needs at least one wallboard."),
        ([(0, "sales", 4)], "greater than or equal to 5"),
        ([(0, "sales", 86_401)], "less than or equal to 86400"),
    ],
)
def test_what_could_not_be_shown_is_refused(owner: Client, steps: list[tuple[int, str, int]], reason: str) -> None:
    answer = owner.post(reverse("admin:dashboard_rotation_add"), form(*steps))
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert not Rotation.objects.filter(slug="floor").exists()


def test_the_last_step_cannot_be_removed(owner: Client) -> None:
    rotation = Rotation.objects.get(slug="hall")
    steps = list(rotation.steps.all())
    data = form(*((step.order, "sales", step.seconds) for step in steps), stored=len(steps))
    for index, step in enumerate(steps):
        data |= {f"steps-{index}-id": step.pk, f"steps-{index}-rotation": rotation.pk, f"steps-{index}-DELETE": "on"}
    assert "at least one wallboard" in owner.post(page_of(rotation), data).content.decode()
    assert rotation.steps.count() == len(steps)


def test_editors_have_their_own_teams_rotations_only(editor: Client) -> None:
    rotation = Rotation.objects.get(slug="hall")
    assert "Entrance hall" not in editor.get(reverse("admin:dashboard_rotation_changelist")).content.decode()
    assert editor.get(page_of(rotation)).status_code in (302, 403)
    Membership.objects.create(team=rotation.team, user=get_user_model().objects.get(username="maria"), role="editor")
    assert editor.get(page_of(rotation)).status_code == 200


def test_editors_choose_among_the_wallboards_they_may_see(editor: Client) -> None:
    hidden = Team.objects.create(name="hidden", title="Hidden")
    board = Wallboard.objects.create(slug="secret", title="Secret floor", team=hidden)
    add = reverse("admin:dashboard_rotation_add")
    assert "Secret floor" not in editor.get(add).content.decode()
    answer = editor.post(add, form((0, "sales", 30), (1, "secret", 30), team="sales"))
    assert "Select a valid choice" in answer.content.decode()
    assert not board.rotation_steps.exists()


@pytest.mark.parametrize("given", ["²", "abc", "9" * 40])
def test_what_is_no_id_leads_back_to_the_start(owner: Client, given: str) -> None:
    assert owner.get(f"/admin/dashboard/rotation/{given}/change/").status_code == 302
