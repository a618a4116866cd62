"""The forms that could be used for guessing passwords, or for having mail sent, with a limit."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.guard import records, throttle
from dashboard.guard.addresses import place_of
from dashboard.guard.hashing import Busy, Turns
from dashboard.guard.records import Kind, address_of
from dashboard.guard.throttle import Counted, Limit
from dashboard.passwords import QuietPasswordResetForm
from dashboard.signin.local import may_sign_in

#: The codes of errors that a view answers with 429 and 503; see ``views.py``.
THROTTLED, BUSY = "throttled", "busy"
MINUTES = 60
#: From one address a link may be asked for so often in an hour, and for one account so often from anywhere.
RESETS_OF_ADDRESS = Limit("resets of an address", 20, 60 * MINUTES)
RESETS_OF_ACCOUNT = Limit("resets of an account", 3, 60 * MINUTES)

#: Of this process.
TURNS = Turns()


def sign_ins_of_account() -> Limit:
    """Tries of one account from one address."""
    return Limit("sign-ins of an account", settings.SIGN_IN_TRIES, 15 * MINUTES)


def sign_ins_of_address() -> Limit:
    """Tries from one address, whichever account; a whole company may be behind it."""
    return Limit("sign-ins of an address", settings.SIGN_IN_TRIES_OF_ADDRESS, 15 * MINUTES)


def too_many(seconds: int) -> ValidationError:
    """The error of a limit, which says when to try again."""
    minutes = -(-seconds // MINUTES)
    text = ngettext(
        "There were too many tries. Try again in %(minutes)d minute.",
        "There were too many tries. Try again in %(minutes)d minutes.",
        minutes,
    )
    return ValidationError(text, code=THROTTLED, params={"minutes": minutes, "seconds": seconds})


def busy() -> ValidationError:
    return ValidationError(_("Too many people sign in at this moment. Try again in a few seconds."), code=BUSY)


class Throttled(AuthenticationForm):
    """A sign-in with limits for the account at an address, and for the address.

    The same words, the same status and one check of a password for an account that there is, one that there is not,
    and one that was switched off. Somebody else's tries from elsewhere do not lock a person out.
    """

    turns = TURNS

    def clean(self) -> dict[str, Any]:
        if settings.LOCAL_SIGN_IN == "off":
            raise ValidationError(_("Nobody signs in with a password here. Sign in with Genesys."), code="password_off")
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is None or not password:
            return super().clean()
        place = place_of(address_of(self.request))
        account = Counted(sign_ins_of_account(), f"{username.casefold()}\0{place}")
        address = Counted(sign_ins_of_address(), place)
        if wait := throttle.take([account, address]):
            records.tried(Kind.SIGN_IN_LOCKED, username, self.request)
            raise too_many(wait)
        try:
            with self.turns.turn():
                cleaned = super().clean()
        except Busy:
            throttle.give_back(account)
            throttle.give_back(address)
            raise busy() from None
        throttle.forgive(account)
        throttle.give_back(address)
        return cleaned

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not may_sign_in(user):
            # As for a password that is wrong: nobody learns which accounts there are.
            raise self.get_invalid_login_error()


class SignInForm(Throttled):
    """Of the site."""


class AdminSignInForm(Throttled, AdminAuthenticationForm):
    """Of the administration."""


class ThrottledPasswordChangeForm(PasswordChangeForm):
    """A session that was left open is no way to guess the password."""

    def clean_old_password(self) -> str:
        counted = Counted(Limit("password changes", settings.SIGN_IN_TRIES, 15 * MINUTES), str(self.user.pk))
        if wait := throttle.take([counted]):
            raise too_many(wait)
        try:
            with TURNS.turn():
                password = super().clean_old_password()
        except Busy:
            throttle.give_back(counted)
            raise busy() from None
        throttle.forgive(counted)
        return password

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        records.record(Kind.PASSWORD_CHANGED, user=user.pk)
        return user


class AdminThrottledPasswordChangeForm(ThrottledPasswordChangeForm, AdminPasswordChangeForm):
    """Of the administration."""


class ThrottledPasswordResetForm(QuietPasswordResetForm):
    """Nobody's mailbox is flooded; an address without an account is counted like one with."""

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        email = self.cleaned_data.get("email")
        if email:
            place = Counted(RESETS_OF_ADDRESS, place_of(address_of(self._request)))
            if wait := throttle.take([place, Counted(RESETS_OF_ACCOUNT, email.casefold())]):
                raise too_many(wait)
            records.record(Kind.RESET_ASKED, address=address_of(self._request))
        return cleaned


def refusal_of(form: forms.BaseForm | None) -> tuple[int, int] | None:
    """(status, seconds to wait) of a form that a limit refused."""
    if form is None or not form.is_bound:
        return None
    for errors in form.errors.as_data().values():
        for error in errors:
            if error.code == THROTTLED:
                return 429, int((error.params or {}).get("seconds", MINUTES))
            if error.code == BUSY:
                return 503, 5
    return None
