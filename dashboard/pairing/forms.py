"""The form with which a manager pairs a TV, or gives it something else to show."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import access
from dashboard.models import Rotation, Team
from dashboard.pairing.models import PairedScreen

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]


def choices_of(user: Any) -> list[Group]:
    """What the person may have a screen show, by team: ``[(team, [(value, title)])]``."""
    groups: list[Group] = []
    for team in access.teams_of(user, access.MANAGERS).order_by("title"):
        boards = [(f"{team.pk}/wallboard/{one.pk}", one.title) for one in access.shown_to_team(team).order_by("title")]
        rotations = [
            (f"{team.pk}/rotation/{one.pk}", _("Rotation: %s") % one.title)
            for one in Rotation.objects.filter(team=team).order_by("title")
        ]
        groups.append((team.title, boards + rotations))
    return [group for group in groups if group[1]]


def assign(screen: PairedScreen, value: str) -> None:
    """Give the screen one of ``choices_of``; it is not saved."""
    team, kind, pk = value.split("/")
    screen.team = Team.objects.get(pk=int(team))
    screen.wallboard_id = int(pk) if kind == "wallboard" else None
    screen.rotation_id = int(pk) if kind == "rotation" else None


class ShowsField(forms.ChoiceField):
    """A wallboard or rotation of a team that the person manages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": gettext_lazy("Shows"), **kwargs})

    def offer(self, user: Any) -> None:
        groups = choices_of(user)
        # One team needs no heading.
        options: list[Any] = list(groups[0][1]) if len(groups) == 1 else list(groups)
        self.choices = [("", _("Choose …")), *options]


class PairForm(forms.Form):
    """A code and which screen it becomes: a new one, or one that is there already and lost its pairing."""

    code = forms.CharField(
        label=gettext_lazy("Code on the screen"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    screen = forms.ModelChoiceField(
        PairedScreen.objects.none(),
        label=gettext_lazy("Screen"),
        required=False,
        empty_label=gettext_lazy("A new one"),
        help_text=gettext_lazy("Or one that lost its pairing: it keeps its name and what it shows."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Entrance left")}),
    )
    place = forms.CharField(
        label=gettext_lazy("Place (optional)"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Building B, first floor")}),
    )
    shows = ShowsField(required=False)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shows: Any = self.fields["shows"]
        shows.offer(user)
        lost: Any = self.fields["screen"]
        teams = access.teams_of(user, access.MANAGERS)
        lost.queryset = PairedScreen.objects.filter(team__in=teams)
        lost.label_from_instance = lambda one: f"{one.name} ({one.place})" if one.place else one.name
        if not lost.queryset.exists():
            del self.fields["screen"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("screen"):
            if not data.get("name"):
                self.add_error("name", _("Give the screen a name, such as where it hangs."))
            if not data.get("shows") and "shows" not in self.errors:
                self.add_error("shows", _("Choose what the screen shows."))
        return data

    def paired(self) -> PairedScreen:
        """The screen that the code becomes, not saved."""
        data = self.cleaned_data
        found: PairedScreen | None = data.get("screen")
        if found is not None:
            return found
        screen = PairedScreen(name=data["name"], place=data["place"])
        assign(screen, data["shows"])
        return screen
