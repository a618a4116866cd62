"""Screens: where they hang, what they show and how they are, and what a manager has them do."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard.access import MANAGERS, can_manage, teams_of
from dashboard.admin.scope import OwnTeams, ScopedAdmin
from dashboard.configfile import recording
from dashboard.pairing import orders
from dashboard.pairing.credential import revoke as revoke_screen
from dashboard.pairing.forms import ShowsField, assign
from dashboard.pairing.models import MESSAGE_MOST, SILENT_AFTER, PairedScreen
from dashboard.pairing.pages import what
from dashboard.version import application_version
from statsbridge.admin import state_badge, time_of

#: Which mark a state of sound has, by the states that there are marks for.
SOUND_MARKS = {"on": "ok", "blocked": "rejected", "muted": "late", "quiet": "unused", "off": "unused"}


class ScreenState(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("online", _("online")), ("silent", _("silent")), ("revoked", _("revoked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "revoked":
            return queryset.filter(revoked_at__isnull=False)
        paired = queryset.filter(revoked_at=None)
        match self.value():
            case "online":
                return paired.filter(seen_at__gt=timezone.now() - SILENT_AFTER)
            case "silent":
                return paired.exclude(seen_at__gt=timezone.now() - SILENT_AFTER)
        return queryset


class MoveForm(forms.Form):
    shows = ShowsField(label=gettext_lazy("What they show from now on"))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shows: Any = self.fields["shows"]
        shows.offer(user)


class MessageForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=MESSAGE_MOST,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Shown under the wallboard. Empty: takes the present one away."),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=1440, initial=15)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ScreenForm(forms.ModelForm[PairedScreen]):
    shows = ShowsField()

    class Meta:
        model = PairedScreen
        fields = ("name", "place")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = self.instance
        kind, pk = ("rotation", one.rotation_id) if one.rotation_id else ("wallboard", one.wallboard_id)
        if pk:
            self.initial["shows"] = f"{one.team_id}/{kind}/{pk}"


@admin.register(PairedScreen)
class PairedScreenAdmin(ScopedAdmin[PairedScreen]):
    form = ScreenForm
    list_display = ("name", "state", "shows", "fresh", "sounds", "place", "team", "last_sign", "size", "build")
    list_filter = (ScreenState, "sound", ("team", OwnTeams))
    list_select_related = ("team", "wallboard", "rotation")
    search_fields = ("name", "place", "wallboard__title", "rotation__title")
    readonly_fields = ("state", "fresh", "sounds", "showing", "last_sign", "size", "build", "paired")
    fields = ("name", "place", "shows", *readonly_fields)
    actions = ("identify", "reload", "move", "message", "revoke")

    def rows_of(self, request: HttpRequest, rows: QuerySet[PairedScreen]) -> QuerySet[PairedScreen]:
        return rows.filter(team__in=teams_of(request.user, MANAGERS))

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A screen comes into being by its code.
        return False

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return can_manage(request.user, None)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # What the form declares by itself is no field of the model.
        made: Any = super().get_form(request, obj, change, **{**kwargs, "fields": ("name", "place")})
        # One of its own: what the form declares is shared with the requests of others at the same moment.
        made.base_fields["shows"] = shows = ShowsField()
        shows.offer(request.user)
        return made

    def save_model(
        self, request: HttpRequest, obj: PairedScreen, form: forms.ModelForm[PairedScreen], change: bool
    ) -> None:
        assign(obj, form.cleaned_data["shows"])
        # Not the whole row: its screen may write its state at the same moment.
        obj.save(update_fields=["name", "place", "team", "wallboard", "rotation"])

    # -- actions --------------------------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Identify: name and number on screen for 10 s"), permissions=["manage"])
    def identify(self, request: HttpRequest, queryset: QuerySet[PairedScreen]) -> None:
        self._done(request, orders.identify(queryset))

    @admin.action(description=gettext_lazy("Reload the page"), permissions=["manage"])
    def reload(self, request: HttpRequest, queryset: QuerySet[PairedScreen]) -> None:
        self._done(request, orders.reload(queryset))

    @admin.action(description=gettext_lazy("Show another wallboard or rotation"), permissions=["manage"])
    def move(self, request: HttpRequest, queryset: QuerySet[PairedScreen]) -> HttpResponse | None:
        form = MoveForm(request.user, request.POST if "asked" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form, "move", _("What should these screens show?"))
        for screen in queryset.filter(revoked_at=None):
            assign(screen, form.cleaned_data["shows"])
            screen.save(update_fields=["team", "wallboard", "rotation"])
        self._done(request, queryset.filter(revoked_at=None).count())
        return None

    @admin.action(description=gettext_lazy("Show a message"), permissions=["manage"])
    def message(self, request: HttpRequest, queryset: QuerySet[PairedScreen]) -> HttpResponse | None:
        form = MessageForm(request.user, request.POST if "asked" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form, "message", _("What should these screens say?"))
        text, minutes = form.cleaned_data["text"], form.cleaned_data["minutes"]
        note = f"message: {text} ({minutes} min)" if text else "message: –"
        with recording.changing("screens", *queryset.values_list("pk", flat=True), note=note):
            self._done(request, orders.show_message(queryset, text, minutes))
        return None

    @admin.action(description=gettext_lazy("Revoke: they ask to be paired again"), permissions=["manage"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[PairedScreen]) -> None:
        self._done(request, sum(revoke_screen(screen) for screen in queryset))

    @staticmethod
    def _done(request: HttpRequest, count: int) -> None:
        told = ngettext("%s screen is told.", "%s screens are told.", count) % count
        messages.success(request, told) if count else messages.error(request, _("None of these is paired."))

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[PairedScreen], form: forms.Form, action: str, title: str
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "action": action,
            "chosen": queryset,
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/screens_ask.html", context)

    # -- columns --------------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("shows"))
    def shows(self, screen: PairedScreen) -> str:
        return what(screen)

    @admin.display(description=gettext_lazy("state"), ordering="seen_at")
    def state(self, screen: PairedScreen) -> SafeString | str:
        if screen.revoked_at:
            reason = _("A copy of its credential was used. Pair it again.") if screen.copied else ""
            return _badge("revoked", _("revoked"), reason or time_of(screen.revoked_at))
        if screen.online:
            return _badge("ok", _("online"))
        if screen.seen_at is None:
            return _badge("pending", _("not heard of yet"))
        return _badge("silent", _("silent since %s") % time_of(screen.seen_at))

    @admin.display(description=gettext_lazy("freshness"), ordering="freshness")
    def fresh(self, screen: PairedScreen) -> SafeString | str:
        return state_badge(screen.freshness) if screen.online and screen.freshness else "–"

    @admin.display(description=gettext_lazy("sound"), ordering="sound")
    def sounds(self, screen: PairedScreen) -> SafeString | str:
        if not (screen.online and screen.sound):
            return "–"
        return _badge(SOUND_MARKS[screen.sound], screen.get_sound_display())

    @admin.display(description=gettext_lazy("last sign"), ordering="seen_at")
    def last_sign(self, screen: PairedScreen) -> str:
        return time_of(screen.seen_at)

    @admin.display(description=gettext_lazy("paired"))
    def paired(self, screen: PairedScreen) -> str:
        return ", ".join(map(str, filter(None, (time_of(screen.paired_at), screen.paired_by))))

    @admin.display(description=gettext_lazy("resolution"))
    def size(self, screen: PairedScreen) -> str:
        if not screen.width:
            return "–"
        ratio = "" if screen.pixel_ratio == 1 else f" × {screen.pixel_ratio:g}"
        return f"{screen.width}×{screen.height}{ratio}"

    @admin.display(description=gettext_lazy("version"), ordering="version")
    def build(self, screen: PairedScreen) -> SafeString | str:
        if not screen.version or screen.version == application_version():
            return screen.version or "–"
        return _badge("late", screen.version, _("The server has another one; the screen reloads by itself."))


def _badge(mark: str, word: Any, title: Any = "") -> SafeString:
    return format_html('<span class="state" data-state="{}" title="{}">{}</span>', mark, title, word)
