"""The pages with those forms: beyond a limit they answer 429, or 503, and say when to try again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import LoginView, PasswordChangeView, PasswordResetView
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from dashboard.guard.forms import SignInForm, ThrottledPasswordChangeForm, ThrottledPasswordResetForm, refusal_of
from dashboard.mail import sends_mail

View = Callable[..., HttpResponseBase]


def says_when(view: View) -> View:
    """A view whose template response is turned into a refusal where its ``form`` was refused by a limit."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        context: Any = getattr(response, "context_data", None) or {}
        refused = refusal_of(context.get("form"))
        if refused is not None:
            response.status_code, seconds = refused
            response["Retry-After"] = str(seconds)
        return response

    return limited


class ResetView(PasswordResetView):
    form_class = ThrottledPasswordResetForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sends_mail():
            return render(request, "registration/password_reset_no_mail.html")
        return super().dispatch(request, *args, **kwargs)


login = says_when(LoginView.as_view(authentication_form=SignInForm))
password_change = says_when(PasswordChangeView.as_view(form_class=ThrottledPasswordChangeForm))
password_reset = says_when(ResetView.as_view())
