"""What the bridge wrote down: for superusers to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from dashboard.admin.scope import ReadOnly
from statsbridge.admin import moment, state_badge
from statsbridge.models import LastValue, LinkStatus, OpenSubscription, Revision, Sample
from statsbridge.wording import in_words


class Record(ReadOnly[Any]):
    """A row that came from the bridge; times are written in ms."""

    show_full_result_count = False

    @admin.display(description=gettext_lazy("at"), ordering="at")
    def time(self, row: Any) -> str:
        return moment(row.at)


@admin.register(LastValue)
class LastValueAdmin(Record):
    list_display = ("series", "value", "time", "badge", "why")
    list_filter = ("state", "series__monitored_object__connection")
    list_select_related = ("series__definition", "series__monitored_object")
    search_fields = ("series__definition__name", "series__monitored_object__name")
    ordering = ("series__definition__name", "series__monitored_object__name")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def badge(self, row: LastValue) -> str:
        return state_badge(row.state, in_words(row.reason))

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, row: LastValue) -> str:
        return in_words(row.reason)


@admin.register(Sample)
class SampleAdmin(Record):
    list_display = ("series", "time", "value")
    list_select_related = ("series__definition", "series__monitored_object")
    search_fields = ("series__definition__name", "series__monitored_object__name")
    ordering = ("-pk",)


@admin.register(LinkStatus)
class LinkStatusAdmin(Record):
    list_display = ("connection", "badge", "since_time", "seen", "open_statistics", "rejected_statistics", "why")
    list_select_related = ("connection",)
    ordering = ("connection__name",)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def badge(self, row: LinkStatus) -> str:
        return state_badge(row.state, in_words(row.reason))

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, row: LinkStatus) -> str:
        return in_words(row.reason)

    @admin.display(description=gettext_lazy("since"), ordering="since")
    def since_time(self, row: LinkStatus) -> str:
        return moment(row.since)

    @admin.display(description=gettext_lazy("last known"), ordering="seen_at")
    def seen(self, row: LinkStatus) -> str:
        return moment(row.seen_at)


@admin.register(OpenSubscription)
class OpenSubscriptionAdmin(Record):
    list_display = ("subscription_id", "connection", "opened")
    list_filter = ("connection",)
    list_select_related = ("connection",)
    search_fields = ("subscription_id",)
    ordering = ("-opened_at",)

    @admin.display(description=gettext_lazy("opened"), ordering="opened_at")
    def opened(self, row: OpenSubscription) -> str:
        return moment(row.opened_at)


@admin.register(Revision)
class RevisionAdmin(Record):
    list_display = ("number",)
