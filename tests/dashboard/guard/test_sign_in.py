"""Signing in, changing and resetting passwords: slowed down, and telling nobody who has an account."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.test import Client, RequestFactory
from pytest_django import Settings

from dashboard.guard.forms import SignInForm, refusal_of
from dashboard.guard.hashing import Turns
from dashboard.guard.models import AccessRecord, TryCount
from tests.dashboard.test_passwords import sent

pytestmark = pytest.mark.django_db
LOGIN, ADMIN, RESET, CHANGE = (
    "/accounts/login/",
    "/admin/login/",
    "/accounts/password_reset/",
    "/accounts/password_change/",
)
GOOD = "a-sample-word"
HOME, WORK = "198.51.100.7", "203.0.113.9"


class CountingHasher(PBKDF2PasswordHasher):
    """Counts how often a password is worked on: what makes the time that an answer takes."""

    algorithm = "counting"
    iterations = 1
    runs = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        CountingHasher.runs += 1
        return super().encode(password, salt, iterations)


@pytest.fixture(autouse=True)
def _people(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    settings.SIGN_IN_TRIES, settings.SIGN_IN_TRIES_OF_ADDRESS = 3, 8
    users = get_user_model().objects
    users.create_user("maria", "maria@example.com", GOOD, is_staff=True)
    users.create_user("gone", "gone@example.com", GOOD, is_active=False)
    users.create_user("fresh", "fresh@example.com")


def try_once(username: str, password: str, address: str = HOME, page: str = LOGIN) -> tuple[int, str]:
    """The status, and the page without what is different each time."""
    client = Client(REMOTE_ADDR=address)
    response = client.post(page, {"username": username, "password": password})
    problems = response.context["form"].non_field_errors() if response.context else []
    return response.status_code, " ".join(str(one) for one in problems)


@pytest.mark.parametrize("page", [LOGIN, ADMIN])
def test_beyond_the_limit_the_page_says_when_to_try_again(page: str) -> None:
    answers = [try_once("maria", "wrong", page=page) for _ in range(4)]
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert "Try again in 15 minutes." in answers[-1][1]
    assert try_once("maria", GOOD, page=page)[0] == 429, "the right password, too, has to wait"
    response = Client(REMOTE_ADDR=HOME).post(page, {"username": "maria", "password": GOOD})
    assert 800 < int(response["Retry-After"]) <= 900


def test_somebody_elses_tries_do_not_lock_a_person_out() -> None:
    for _ in range(5):
        try_once("maria", "wrong", address=WORK)
    assert try_once("maria", GOOD, address=HOME)[0] == 302


def test_another_person_at_the_same_address_is_not_locked_out_by_one() -> None:
    for _ in range(5):
        try_once("gone", "wrong")
    assert try_once("maria", GOOD)[0] == 302


def test_an_address_that_tries_many_accounts_is_stopped() -> None:
    statuses = [try_once(f"somebody-{number}", "wrong")[0] for number in range(10)]
    assert statuses == [200] * 8 + [429] * 2
    assert try_once("maria", GOOD, address=HOME)[0] == 429
    assert try_once("maria", GOOD, address=WORK)[0] == 302


def test_whoever_signs_in_begins_anew_and_uses_up_nothing() -> None:
    for _ in range(20):
        assert try_once("maria", "wrong")[0] == 200
        assert try_once("maria", GOOD)[0] == 302
        TryCount.objects.filter(count__gt=1).update(count=1)


def test_the_site_and_the_administration_count_together() -> None:
    for page in (LOGIN, ADMIN, LOGIN):
        try_once("maria", "wrong", page=page)
    assert try_once("maria", "wrong", page=ADMIN)[0] == 429


def test_spelling_the_name_otherwise_is_no_way_around() -> None:
    statuses = [try_once(name, "wrong")[0] for name in ("maria", "MARIA", "Maria", "mAria")]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize("page", [LOGIN, ADMIN])
def test_an_account_that_is_not_there_is_answered_like_one_that_is(page: str) -> None:
    answers, runs = set(), set()
    for username, password in (("maria", "wrong"), ("nobody", "wrong"), ("gone", GOOD), ("gone", "x"), ("fresh", "x")):
        TryCount.objects.all().delete()
        CountingHasher.runs = 0
        answers.add(try_once(username, password, page=page))
        runs.add(CountingHasher.runs)
    assert len(answers) == 1
    assert runs == {1}


def test_a_locked_account_that_is_not_there_is_answered_like_one_that_is() -> None:
    for _ in range(4):
        known, unknown = try_once("maria", "wrong"), try_once("nobody", "wrong", address=WORK)
        assert known == unknown
    CountingHasher.runs = 0
    assert try_once("maria", GOOD)[0] == try_once("nobody", GOOD, address=WORK)[0] == 429
    assert CountingHasher.runs == 0, "what is refused costs nothing"


def test_many_tries_write_little(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for number in range(60):
            try_once(f"somebody-{number}", "wrong")
    assert sum("sign_in_locked" in record.getMessage() for record in caplog.records) == 1
    assert TryCount.objects.count() <= 9
    assert AccessRecord.objects.count() == 2
    assert {one.kind: one.count for one in AccessRecord.objects.all()} == {"sign_in_failed": 8, "sign_in_locked": 52}


def test_sign_ins_are_recorded_with_person_and_address_and_without_password() -> None:
    client = Client(REMOTE_ADDR=HOME)
    client.post(LOGIN, {"username": "maria", "password": GOOD})
    client.post("/accounts/logout/")
    try_once("maria", "some-wrong-word")
    found = AccessRecord.objects.order_by("pk").values_list("kind", "user__username", "address")
    assert list(found) == [(kind, "maria", HOME) for kind in ("signed_in", "signed_out", "sign_in_failed")]
    assert "some-wrong-word" not in str(list(AccessRecord.objects.values()))


# -- passwords -----------------------------------------------------------------------------------------------------


@pytest.fixture
def maria() -> Client:
    client = Client(REMOTE_ADDR=HOME)
    client.force_login(get_user_model().objects.get(username="maria"), "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("page", [CHANGE, "/admin/password_change/"])
def test_an_open_session_is_no_way_to_guess_the_password(maria: Client, page: str) -> None:
    given = {"new_password1": "another-sample-word", "new_password2": "another-sample-word"}
    statuses = [maria.post(page, {"old_password": "wrong", **given}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = maria.post(page, {"old_password": GOOD, **given})
    assert "Try again in" in refused.content.decode()
    TryCount.objects.all().delete()
    assert maria.post(page, {"old_password": GOOD, **given}).status_code == 302
    assert AccessRecord.objects.filter(kind="password_changed", user__username="maria").exists()


def ask(email: str, address: str) -> int:
    return Client(REMOTE_ADDR=address).post(RESET, {"email": email}).status_code


@pytest.mark.parametrize("email", ["maria@example.com", "nobody@example.com"])
def test_nobodys_mailbox_is_flooded_and_unknown_addresses_are_counted_alike(email: str) -> None:
    assert [ask(email, f"198.51.100.{number}") for number in range(5)] == [302, 302, 302, 429, 429]
    sent()
    assert len(mail.outbox) == (3 if email.startswith("maria") else 0)


def test_a_link_for_an_address_without_an_account_takes_the_same_work() -> None:
    work = []
    for email in ("maria@example.com", "nobody@example.com", "gone@example.com", "fresh@example.com"):
        response = Client(REMOTE_ADDR=HOME).post(RESET, {"email": email})
        work.append((response.status_code, response["Location"], [template.name for template in response.templates]))
    assert work == [work[0]] * 4
    assert len(work[0][2]) >= 2
    sent()
    assert [message.to for message in mail.outbox] == [["maria@example.com"]]


def test_an_address_asks_for_a_bounded_number_of_links() -> None:
    assert [ask(f"somebody-{number}@example.com", HOME) for number in range(21)] == [302] * 20 + [429]
    assert ask("maria@example.com", WORK) == 302
    sent()


# -- too many at a time --------------------------------------------------------------------------------------------


class CrowdedForm(SignInForm):
    turns = Turns(at_once=1, seconds=0.01)


def test_when_all_are_busy_with_passwords_the_answer_says_so_and_nothing_is_counted(rf: RequestFactory) -> None:
    CountingHasher.runs = 0
    form = CrowdedForm(rf.post(LOGIN), {"username": "maria", "password": GOOD})
    with CrowdedForm.turns.turn():
        assert refusal_of(form) == (503, 5)
    assert "in a few seconds" in str(form.errors)
    assert CountingHasher.runs == 0
    assert not TryCount.objects.filter(count__gt=0).exists()
    assert CrowdedForm(rf.post(LOGIN), {"username": "maria", "password": GOOD}).is_valid()
