from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Wallboards"

    def ready(self) -> None:
        from dashboard import access, checks, wanted  # noqa: F401  (registers rules, checks and signal receivers)
        from dashboard.configfile import recording

        recording.connect()
