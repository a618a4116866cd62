"""A TV's credential: given before anybody trusts it, changed often, and useless once it was given up."""

from datetime import datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from dashboard.models import Team
from dashboard.pairing import credential
from dashboard.pairing.codes import offer
from dashboard.pairing.credential import CHANGED_EVERY, KEPT_AFTER, UNUSED_FOR, digest, renew, revoke, screen_of
from dashboard.pairing.models import PairedScreen
from tests.e2e.postgres import on_postgresql

pytestmark = pytest.mark.django_db
MOMENT = timedelta(seconds=1)


class Device:
    """A browser that keeps what it is given, unless the power is cut."""

    def __init__(self) -> None:
        self.secret = ""
        self.now = timezone.now()

    def ask(self, *, starting: bool = True, after: timedelta = MOMENT, loses_it: bool = False) -> bool:
        self.now += after
        renewal = renew(self.secret, starting=starting, now=self.now)
        if renewal.secret is not None and not loses_it:
            self.secret = renewal.secret
        return renewal.paired


@pytest.fixture
def device() -> Device:
    return Device()


def paired(device: Device) -> PairedScreen:
    """The device as it is right after its code was entered."""
    device.ask()
    return PairedScreen.objects.create(
        name="Hall",
        team=Team.objects.create(name="sales", title="Sales"),
        credential=digest(device.secret),
        credential_since=device.now - CHANGED_EVERY,
    )


def test_a_new_device_is_given_a_secret_and_nothing_is_kept_of_it(device: Device) -> None:
    assert not device.ask()
    assert len(device.secret) >= 43
    assert not PairedScreen.objects.exists()


def test_a_device_that_waits_keeps_the_secret_that_its_code_stands_for(device: Device) -> None:
    device.ask()
    before = device.secret
    offer(digest(before))
    assert not device.ask()
    assert device.secret == before


def test_a_secret_that_waits_for_nothing_is_replaced(device: Device) -> None:
    device.ask()
    before = device.secret
    assert not device.ask()
    assert device.secret != before


def test_a_paired_device_gets_another_secret_at_once_and_only_its_hash_is_kept(device: Device) -> None:
    screen = paired(device)
    before = device.secret
    assert device.ask()
    assert device.secret != before
    screen.refresh_from_db()
    assert screen.credential == digest(device.secret)
    assert device.secret not in str(vars(screen))
    assert device.secret not in repr(renew("", starting=True))


def test_the_one_before_opens_until_the_new_one_was_shown_some_time_later(device: Device) -> None:
    screen = paired(device)
    before = device.secret
    assert device.ask()
    assert device.ask(starting=False, after=KEPT_AFTER - MOMENT)
    assert screen_of(before) == screen
    assert device.ask(starting=False, after=2 * MOMENT)
    assert screen_of(before) is None
    assert screen_of(device.secret) == screen


def test_an_answer_that_is_lost_costs_nothing(device: Device) -> None:
    screen = paired(device)
    assert device.ask(loses_it=True)
    assert device.ask(after=timedelta(days=3))
    assert device.ask(after=KEPT_AFTER)
    assert screen_of(device.secret) == screen


def test_two_windows_that_start_together_do_not_lose_the_pairing(device: Device) -> None:
    screen = paired(device)
    other = Device()
    other.secret = device.secret
    assert device.ask()
    assert other.ask()
    assert screen_of(device.secret) == screen_of(other.secret) == screen


def test_two_windows_that_ask_in_the_same_moment_get_one_secret() -> None:
    done = on_postgresql("tests.dashboard.pairing.two_renewals")
    assert done.stdout == "[True, False] True\n", done.stderr


def test_it_is_changed_each_day_also_of_a_page_that_nobody_starts_anew(device: Device) -> None:
    paired(device)
    device.ask()
    device.ask(starting=False, after=KEPT_AFTER)
    before = device.secret
    device.ask(starting=False, after=CHANGED_EVERY / 2)
    assert device.secret == before
    device.ask(starting=False, after=CHANGED_EVERY / 2)
    assert device.secret != before


def test_a_page_that_reloads_in_a_circle_does_not_change_it_each_time(device: Device) -> None:
    paired(device)
    device.ask()
    device.ask(after=KEPT_AFTER)
    before = device.secret
    for _ in range(5):
        assert device.ask()
    assert device.secret == before


def test_a_copy_that_is_used_later_ends_both(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    screen = paired(device)
    device.ask()
    copy = device.secret
    device.ask(after=KEPT_AFTER)
    device.ask(after=CHANGED_EVERY)
    device.ask(after=KEPT_AFTER)
    assert screen_of(copy) is None
    assert not renew(copy, starting=True, now=device.now).paired
    screen.refresh_from_db()
    assert screen.revoked_at
    assert screen.copied
    assert screen_of(device.secret) is None
    entry = LogEntry.objects.get()
    assert (entry.actor, entry.changes) == (None, {"paired": ["true", "false"]})
    assert "there is a copy" in caplog.text
    assert copy not in caplog.text


def test_somebody_who_knows_a_screens_number_cannot_revoke_it(device: Device) -> None:
    screen = paired(device)
    device.ask()
    renew(f"{screen.pk}.guessed", starting=True)
    assert screen_of(device.secret) == screen


def test_a_revoked_screen_starts_with_a_secret_of_its_own(device: Device) -> None:
    screen = paired(device)
    device.ask()
    before = device.secret
    assert revoke(screen)
    assert not revoke(screen)
    assert screen_of(before) is None
    assert not device.ask()
    assert device.secret != before


def test_one_that_was_not_used_for_months_is_refused(device: Device) -> None:
    screen = paired(device)
    device.ask()
    long_ago = timezone.now() - UNUSED_FOR - timedelta(days=1)
    moments: dict[str, datetime] = dict.fromkeys(("paired_at", "credential_since", "seen_at"), long_ago)
    PairedScreen.objects.filter(pk=screen.pk).update(**moments)
    assert screen_of(device.secret) is None
    PairedScreen.objects.filter(pk=screen.pk).update(seen_at=timezone.now())
    assert screen_of(device.secret) == screen


@pytest.mark.parametrize("secret", ["", ".", "1", "x" * 5000, "²." + "x" * 43, "\ud800", "9" * 30 + ".x"])
def test_nonsense_is_no_credential(secret: str) -> None:
    assert screen_of(secret) is None


def test_over_https_the_cookie_cannot_be_put_by_another_site(settings: object) -> None:
    settings.SECURE = True  # type: ignore[attr-defined]
    assert credential.cookie_name().startswith("__Host-")
