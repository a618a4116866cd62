from auditlog.apps import AuditlogConfig
from django.apps import AppConfig


class HistoryConfig(AuditlogConfig):  # type: ignore[misc]  # the library has no types
    """The library's application under a name that people understand."""

    verbose_name = "History of changes"


class DashboardConfig(AppConfig):
    default = True
    name = "dashboard"
    verbose_name = "Wallboards"

    def ready(self) -> None:
        from dashboard import access, checks, wanted  # noqa: F401  (registers rules, checks and signal receivers)
        from dashboard.configfile import recording

        recording.connect()
