"""Codes that a TV shows: short-lived, few, and not to be guessed."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from dashboard.models import Team
from dashboard.pairing import codes
from dashboard.pairing.codes import ALPHABET, LIFE, WRONG, CodeRefused, offer, page_closed, pair, shown
from dashboard.pairing.models import PairedScreen, WaitingScreen
from dashboard.protocol import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya() -> Any:
    return get_user_model().objects.create_user("maya")


def screen() -> PairedScreen:
    team, _ = Team.objects.get_or_create(name="sales", title="Sales")
    return PairedScreen(name="Hall", team=team)


def test_a_code_has_six_letters_that_nobody_confuses_and_is_no_word() -> None:
    code = offer("device").code
    assert len(code) == 6
    assert not set("AEIOU01L") & set(ALPHABET)
    assert set(code) <= set(ALPHABET)
    assert shown("K7MPQX") == "K7M PQX"


def test_a_device_that_comes_back_shows_the_same_code() -> None:
    assert offer("device").code == offer("device").code
    assert offer("other").code != offer("device").code


def test_after_ten_minutes_it_is_another_one(maya: Any) -> None:
    old = offer("device", timezone.now() - LIFE).code
    with pytest.raises(CodeRefused):
        pair(maya, old, screen())
    assert offer("device").code != old
    assert WaitingScreen.objects.count() == 1


def test_a_code_outlives_its_page_by_a_minute_only() -> None:
    offer("device")
    page_closed("device")
    left = WaitingScreen.objects.get().expires_at - timezone.now()
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)


def test_there_are_never_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "WAITING_MOST", 2)
    offer("one")
    offer("two")
    with pytest.raises(Refusal) as refused:
        offer("three")
    assert "tries again" in refused.value.message
    offer("one")
    WaitingScreen.objects.filter(device="two").update(expires_at=timezone.now())
    offer("three")


def test_invented_screens_whose_pages_are_closed_keep_no_tv_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "WAITING_MOST", 3)
    offer("a tv")
    for number in range(10):
        offer(f"invented {number}")
        page_closed(f"invented {number}")
    code = offer("another tv").code
    assert WaitingScreen.objects.filter(device__in=["a tv", "another tv"]).count() == 2
    assert WaitingScreen.objects.count() <= 3
    assert offer("another tv").code == code


def test_of_open_pages_those_of_the_address_with_the_most_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "WAITING_MOST", 4)
    for number in range(4):
        offer(f"invented {number}", place="198.51.100.7")
    offer("a tv", place="192.0.2.1")
    assert not WaitingScreen.objects.filter(device="invented 0").exists(), "the one that waits longest"
    with pytest.raises(Refusal):
        offer("invented 0", place="198.51.100.7")
    offer("another tv", place="192.0.2.2")
    # Two and one and one: nobody has more than the next would have.
    with pytest.raises(Refusal):
        offer("a third", place="192.0.2.1")
    assert WaitingScreen.objects.count() == 4


@pytest.mark.parametrize("spell", [str.lower, shown, lambda code: f" {code[:3]}-{code[3:]} "])
def test_it_may_be_typed_in_any_way(maya: Any, spell: Any) -> None:
    made = pair(maya, spell(offer("device").code), screen())
    assert made.credential == "device"
    assert made.paired_by == maya


def test_a_code_pairs_once(maya: Any) -> None:
    code = offer("device").code
    pair(maya, code, screen())
    with pytest.raises(CodeRefused, match="No screen shows this code"):
        pair(maya, code, screen())
    assert PairedScreen.objects.count() == 1


def test_guessing_is_over_after_ten_wrong_codes_even_with_the_right_one(maya: Any) -> None:
    code = offer("device").code
    for _ in range(WRONG.most):
        with pytest.raises(CodeRefused, match="No screen shows this code"):
            pair(maya, "QQQQQQ", screen())
    with pytest.raises(CodeRefused, match="Too many wrong codes"):
        pair(maya, code, screen())
    omar = get_user_model().objects.create_user("omar")
    assert pair(omar, code, screen()).pk


def test_right_codes_do_not_count(maya: Any) -> None:
    for number in range(WRONG.most + 5):
        pair(maya, offer(f"device {number}").code, screen())


def test_a_screen_that_lost_its_pairing_takes_it_up_again_with_its_name(maya: Any) -> None:
    first = pair(maya, offer("device").code, screen())
    again = pair(maya, offer("another").code, PairedScreen.objects.get())
    assert again.pk == first.pk
    assert again.credential == "another"
    assert again.credential_before is None
