"""The administration's own sign-in and change of password, with the limits of the site's."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse


class GuardedSite(AdminSite):
    """Forms are imported late, as Django does here: they need models."""

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from dashboard.guard.forms import AdminSignInForm
        from dashboard.guard.views import says_when

        self.login_form = AdminSignInForm
        return says_when(super().login)(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from django.contrib.auth.views import PasswordChangeView

        from dashboard.guard.forms import AdminThrottledPasswordChangeForm
        from dashboard.guard.views import says_when
        from dashboard.signin.local import with_passwords

        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=AdminThrottledPasswordChangeForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return with_passwords(says_when(view))(request)

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from dashboard.signin.local import with_passwords

        return with_passwords(super().password_change_done)(request, extra_context)
