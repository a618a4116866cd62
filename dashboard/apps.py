from auditlog.apps import AuditlogConfig
from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy


class AdministrationConfig(admin.AdminConfig):
    default = False
    default_site = "dashboard.menu.Administration"


class HistoryConfig(AuditlogConfig):  # type: ignore[misc]  # the library has no types
    """The library's application under a name that people understand."""

    verbose_name = gettext_lazy("History of changes")


class DashboardConfig(AppConfig):
    default = True
    name = "dashboard"
    verbose_name = "Wallboards"

    def ready(self) -> None:
        # They register rules, checks and signal receivers.
        from dashboard import access, checks, wanted  # noqa: F401
        from dashboard.configfile import recording
        from dashboard.guard import records  # noqa: F401
        from dashboard.signin import sessions  # noqa: F401

        recording.connect()
