from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Wallboards"

    def ready(self) -> None:
        from dashboard import checks, wanted  # noqa: F401  (registers checks and signal receivers)
