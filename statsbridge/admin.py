"""The administration of connections and of the processes that keep them."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy

from statsbridge.models import Connection, LinkStatus, Worker
from statsbridge.statewords import word_of
from statsbridge.testingpages import TestingPages
from statsbridge.wording import in_words

NOT_TRIED = gettext_lazy("No bridge has tried it yet.")
_KEEP = gettext_lazy("Stored. Leave empty to keep it.")


def state_badge(state: str, reason: str | Promise = "") -> SafeString:
    """A state as a word with a mark; ``reason`` appears on hovering."""
    return format_html('<span class="state" data-state="{}" title="{}">{}</span>', state, reason, word_of(state))


def moment(milliseconds: int | None) -> str:
    """Epoch milliseconds as the page's time, to the second."""
    if not milliseconds:
        return "–"
    return time_of(datetime.fromtimestamp(milliseconds / 1000, UTC))


def time_of(when: datetime | None) -> str:
    """The page's time, to the second, as every list of the administration writes it."""
    return localtime(when).strftime("%Y-%m-%d %H:%M:%S") if when else "–"


def masked(proxy: str) -> str:
    """A proxy's address with its password replaced."""
    before, at, host = proxy.rpartition("@")
    _, colon, password = before.partition("://")[2].partition(":")
    return proxy.replace(f"{colon}{password}{at}{host}", f":********@{host}") if at and colon and password else proxy


class ConnectionForm(forms.ModelForm[Connection]):
    """Secrets go in and never come out: an empty field keeps what is stored, a box clears it."""

    clear_client_secret = forms.BooleanField(label=gettext_lazy("Clear the client secret"), required=False)
    clear_password = forms.BooleanField(label=gettext_lazy("Clear the password"), required=False)
    clear_refresh_token = forms.BooleanField(label=gettext_lazy("Clear the refresh token"), required=False)
    clear_api_key = forms.BooleanField(label=gettext_lazy("Clear the API key"), required=False)

    class Meta:
        model = Connection
        fields = (
            "name", "enabled", "api_url", "auth_url", "timezone", "grant", "client_id", "client_secret", "username",
            "password", "refresh_token", "api_key", "proxy", "ca_file",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = {name: getattr(self.instance, name) for name in (*Connection.SECRET_FIELDS, "proxy")}
        for name in Connection.SECRET_FIELDS:
            before = self.fields[name]
            variable = self.instance.secret_sources.get(name, {}).get("variable")
            from_file = gettext(" It came from the variable %s.") % variable if variable else ""
            self.fields[name] = forms.CharField(
                label=before.label,
                required=False,
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
                help_text=f"{_KEEP}{from_file}" if self.stored[name] else before.help_text or gettext("Not set."),
            )
            # The input starts empty whatever is stored, also for the comparison that finds what was changed.
            self.initial[name] = ""
            if not self.stored[name]:
                self.fields.pop(f"clear_{name}", None)
        self.initial["proxy"] = masked(self.stored["proxy"])

    def ask_secrets_again(self) -> None:
        """Of a form that is shown once more: what was typed as a secret is not sent back, so it is gone."""
        for name in Connection.SECRET_FIELDS if self.errors else ():
            if self.data.get(self.add_prefix(name)):
                self.add_error(name, gettext("Type it again: a secret is not sent back to the browser."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        sources = dict(self.instance.secret_sources)
        for name in Connection.SECRET_FIELDS:
            if data.get(name) and data.get(f"clear_{name}"):
                self.add_error(name, gettext("Either clear it or give a new one."))
            if data.get(name) or data.get(f"clear_{name}"):
                # From now on it is not the variable's value any more.
                sources.pop(name, None)
            else:
                data[name] = self.stored[name]
        if data.get("proxy") == masked(self.stored["proxy"]):
            data["proxy"] = self.stored["proxy"]
        else:
            sources.pop("proxy", None)
        self.instance.secret_sources = sources
        return data


class LinkFilter(admin.SimpleListFilter):
    """By the words of the column."""

    title = gettext_lazy("link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        known = LinkStatus.objects.order_by("state").values_list("state", flat=True).distinct()
        return [(state, word_of(state)) for state in known]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        # What the column calls switched off has no state that counts.
        return queryset.filter(enabled=True, link_status__state=self.value()) if self.value() else queryset


@admin.register(Connection)
class ConnectionAdmin(TestingPages, admin.ModelAdmin[Connection]):
    form = ConnectionForm
    list_display = ("name", "state", "since", "open_statistics", "rejected_statistics", "reason", "api_url", "enabled")
    list_filter = ("enabled", LinkFilter)
    list_select_related = ("link_status",)
    search_fields = ("name", "api_url", "client_id", "username")

    def get_fieldsets(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        cleared = [f"clear_{name}" for name in Connection.SECRET_FIELDS if obj and getattr(obj, name)]
        return [
            (None, {"fields": ["name", "enabled", "api_url", "auth_url", "timezone"]}),
            (
                gettext_lazy("Sign-in"),
                {
                    "fields": [
                        "grant", "client_id", "client_secret", "username", "password", "refresh_token", "api_key",
                        *cleared,
                    ],
                    "description": gettext_lazy("Secrets are stored encrypted and never shown again."),
                },
            ),
            (gettext_lazy("Network"), {"fields": ["proxy", "ca_file"], "classes": ["collapse"]}),
        ]  # fmt: skip

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(form := context["adminform"].form, ConnectionForm):
            form.ask_secrets_again()
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("link"), ordering="link_status__state")
    def state(self, connection: Connection) -> str:
        if not connection.enabled:
            return state_badge("disabled")
        link = self._link(connection)
        return state_badge(link.state, in_words(link.reason)) if link else state_badge("unknown", NOT_TRIED)

    @admin.display(description=gettext_lazy("since"), ordering="link_status__since")
    def since(self, connection: Connection) -> str:
        link = self._link(connection)
        return moment(link.since) if link else "–"

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, connection: Connection) -> str:
        link = self._link(connection)
        return in_words(link.reason) if link and link.reason else "–"

    @admin.display(description=gettext_lazy("open"), ordering="link_status__open_statistics")
    def open_statistics(self, connection: Connection) -> int:
        link = self._link(connection)
        return link.open_statistics if link else 0

    @admin.display(description=gettext_lazy("rejected"), ordering="link_status__rejected_statistics")
    def rejected_statistics(self, connection: Connection) -> int:
        link = self._link(connection)
        return link.rejected_statistics if link else 0

    @staticmethod
    def _link(connection: Connection) -> LinkStatus | None:
        return getattr(connection, "link_status", None)


@admin.register(Worker)
class WorkerAdmin(admin.ModelAdmin[Worker]):
    """Which processes run the bridge; to look at only."""

    list_display = ("name", "started", "last_beat")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Worker]:
        return super().get_queryset(request).order_by("-beat_at")

    @admin.display(description=gettext_lazy("started"), ordering="started_at")
    def started(self, worker: Worker) -> str:
        return moment(worker.started_at)

    @admin.display(description=gettext_lazy("last beat"), ordering="beat_at")
    def last_beat(self, worker: Worker) -> str:
        return moment(worker.beat_at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
