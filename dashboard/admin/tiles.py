"""The tiles of a wallboard, edited on its page."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dashboard.admin.fields import LinesField, ThresholdsField
from dashboard.boards import series_info
from dashboard.grid import place_problems
from dashboard.models import Tile, TileSeries, Wallboard
from dashboard.names import unknown_name
from dashboard.plain import plain_options
from dashboard.tiles import KINDS, SeriesInfo, find_problems
from dashboard.wanted import series_for
from dashboard.wording import in_words, listed
from statsbridge.models import MonitoredObject, StatisticDefinition

Pair = tuple[StatisticDefinition, MonitoredObject]
KIND_WORDS = {
    "number": pgettext_lazy("tile", "number"),
    "trend": pgettext_lazy("tile", "trend"),
    "gauge": pgettext_lazy("tile", "gauge"),
    "bars": pgettext_lazy("tile", "bars"),
    "donut": pgettext_lazy("tile", "donut"),
    "agents": pgettext_lazy("tile", "agents"),
    "table": pgettext_lazy("tile", "table"),
    "text": pgettext_lazy("tile", "text"),
}


class TileForm(forms.ModelForm[Tile]):
    """``series`` are lines of a statistic's and an object's name; ``options`` are those of the configuration file."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=[(kind, KIND_WORDS.get(kind, kind)) for kind in KINDS])
    key = forms.SlugField(required=False, label=gettext_lazy("id"), help_text=gettext_lazy("Made up if empty."))
    series_lines = LinesField(
        label=gettext_lazy("series"),
        help_text=gettext_lazy("One per line: the name of a statistic, a space, the name of an object."),
        widget=forms.Textarea(
            {"rows": 4, "class": "code", "spellcheck": "false", "placeholder": "calls-waiting sales"}
        ),
    )
    options = forms.JSONField(
        label=gettext_lazy("options"),
        required=False,
        widget=forms.Textarea({"rows": 4, "class": "code", "spellcheck": "false"}),
        help_text="; ".join(f"{name}: {', '.join(kind.options.model_fields)}" for name, kind in KINDS.items()),
    )
    thresholds = ThresholdsField(
        label=gettext_lazy("thresholds"), help_text=gettext_lazy("Instead of the statistic's own.")
    )

    hidden_from = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("hidden in portals"),
        choices=[
            ("floor", gettext_lazy("on the floor (initials)")),
            ("lobby", gettext_lazy("in the lobby (teams only)")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is hidden on the floor is hidden in the lobby, too."),
    )

    class Meta:
        model = Tile
        fields = (
            "kind",
            "title",
            "key",
            "x",
            "y",
            "w",
            "h",
            "decimals",
            "series_lines",
            "options",
            "thresholds",
            "hidden_from",
        )
        labels = {
            "x": gettext_lazy("column"),
            "y": gettext_lazy("row"),
            "w": gettext_lazy("width"),
            "h": gettext_lazy("height"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs: list[Pair] = []
        if self.instance.pk:
            self.initial["series_lines"] = [
                f"{link.series.definition.name} {link.series.monitored_object.name}"
                for link in self.instance.tile_series.all()
            ]

    def clean_options(self) -> dict[str, Any]:
        options = self.cleaned_data["options"] or {}
        if not isinstance(options, dict):
            raise forms.ValidationError(_('Options are a JSON object, such as {"goal": 80}.'))
        return options

    def clean_series_lines(self) -> list[str]:
        problems: list[str] = []
        for line in self.cleaned_data["series_lines"]:
            problems += list(self._read(line))
        if problems:
            raise forms.ValidationError(problems)
        lines: list[str] = self.cleaned_data["series_lines"]
        return lines

    def _read(self, line: str) -> Iterator[str]:
        names = line.split()
        if len(names) != 2:
            yield _("“%s”: give the name of a statistic, a space, and the name of an object.") % line
            return
        definition = StatisticDefinition.objects.filter(name=names[0]).first()
        monitored = MonitoredObject.objects.filter(name=names[1]).select_related("connection").first()
        if definition is None:
            statistics = list(StatisticDefinition.objects.values_list("name", flat=True))
            yield in_words(unknown_name("statistic", names[0], statistics))
        if monitored is None:
            objects = list(MonitoredObject.objects.values_list("name", flat=True))
            yield in_words(unknown_name("object", names[1], objects))
        if definition and monitored:
            if (definition, monitored) in self.pairs:
                yield _("“%s” is there twice.") % line
            self.pairs.append((definition, monitored))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"kind", "options", "series_lines"} <= data.keys():
            for problem in find_problems(data["kind"], data["options"], _infos(self.pairs)):
                self.add_error(None, in_words(problem))
            data["options"] = plain_options(data["kind"], data["options"])
        return data


def _infos(pairs: list[Pair]) -> list[SeriesInfo]:
    return [series_info(definition, monitored, monitored.connection.name) for definition, monitored in pairs]


class TileFormSet(forms.BaseInlineFormSet[Tile, Wallboard, forms.ModelForm[Tile]]):
    """Looks at the tiles together: their ids, their places, and whether the team may show their objects."""

    def clean(self) -> None:
        super().clean()
        forms_left: list[Any] = [
            form for form in self.forms if form.is_valid() and form.has_changed() | bool(form.instance.pk)
            and not form.cleaned_data.get("DELETE")
        ]  # fmt: skip
        self._name(forms_left)
        places = [{"id": form.cleaned_data["key"], "position": _position(form)} for form in forms_left]
        by_id = {form.cleaned_data["key"]: form for form in forms_left}
        for key, reason in place_problems(places, self.instance.columns or 12):
            by_id[key].add_error("x", in_words(reason))
        for form in forms_left:
            self._check_team(form)

    def _name(self, forms_left: list[TileForm]) -> None:
        taken: set[str] = set()
        for form in forms_left:
            key = form.cleaned_data.get("key") or form.instance.key
            if key and key in taken:
                form.add_error("key", _("The id “%s” is there twice.") % key)
                form.cleaned_data["key"] = key
            taken.add(key)
        number = 1
        for form in forms_left:
            if not (form.cleaned_data.get("key") or form.instance.key):
                while f"tile-{number}" in taken:
                    number += 1
                form.instance.key = f"tile-{number}"
                taken.add(form.instance.key)
            form.cleaned_data["key"] = form.cleaned_data.get("key") or form.instance.key

    def _check_team(self, form: TileForm) -> None:
        team = self.instance.team_id
        for _definition, monitored in form.pairs:
            only_for = {one.pk: one.title for one in monitored.teams.all()}
            if team and only_for and team not in only_for:
                form.add_error(
                    "series_lines",
                    _("“%(name)s” is only for %(teams)s.")
                    % {"name": monitored.name, "teams": listed(only_for.values())},
                )

    def save_new(self, form: Any, commit: bool = True) -> Tile:
        form.instance.order = max((tile.order for tile in self.instance.tiles.all()), default=-1) + 1
        tile: Tile = super().save_new(form, commit)
        return tile


def _position(form: TileForm) -> dict[str, int]:
    return {key: form.cleaned_data[key] for key in "xywh"}


def save_series(tile: Tile, pairs: list[Pair]) -> None:
    """Make a tile show exactly these, in this order."""
    wanted = [series_for(*pair) for pair in pairs]
    if [link.series_id for link in tile.tile_series.all()] == [series.pk for series in wanted]:
        return
    tile.tile_series.all().delete()
    for order, series in enumerate(wanted):
        TileSeries.objects.create(tile=tile, series=series, order=order)


class TileInline(admin.StackedInline[Tile, Wallboard]):
    model = Tile
    form = TileForm
    formset = TileFormSet
    extra = 0
    classes = ("tiles",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("kind", "title", "key"),
                    ("x", "y", "w", "h", "decimals"),
                    ("series_lines", "options"),
                    ("thresholds", "hidden_from"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tile]:
        related = ("tile_series__series__definition", "tile_series__series__monitored_object")
        return super().get_queryset(request).prefetch_related(*related)
