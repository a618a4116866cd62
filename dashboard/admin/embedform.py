"""What a manager chooses before code is copied, and what the embed doctor asks."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.admin.tiles import KIND_WORDS
from dashboard.embedding.snippets import NO_KEY, Embedding
from dashboard.models import EmbedKey, Wallboard
from dashboard.whereused import shown_title

AS_THE_VISITOR = gettext_lazy("as the visitor's browser")
VIEWS = [
    ("", gettext_lazy("full: everything")),
    ("floor", gettext_lazy("floor: names as initials")),
    ("lobby", gettext_lazy("lobby: teams only, no agents")),
]


def keys_in_use(board: Wallboard) -> QuerySet[EmbedKey]:
    """The keys whose tokens open the wallboard, the newest first."""
    return EmbedKey.objects.filter(team=board.team_id, revoked_at=None).order_by("-created_at")


class Forgotten(forms.Textarea):
    """What was entered is not sent back."""

    def format_value(self, value: Any) -> str:
        return ""


class EmbedOptions(forms.Form):
    """Each choice is in the code at once; what is no choice counts as none."""

    key = forms.ChoiceField(label=gettext_lazy("Embed key"), required=False)
    theme = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        required=False,
        choices=[("", AS_THE_VISITOR), ("light", gettext_lazy("light")), ("dark", gettext_lazy("dark"))],
    )
    lang = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", AS_THE_VISITOR), ("en", "English"), ("de", "Deutsch")],
    )
    background = forms.ChoiceField(
        label=gettext_lazy("Background"),
        required=False,
        choices=[("", gettext_lazy("the wallboard's")), ("transparent", gettext_lazy("transparent: the portal's"))],
    )
    view = forms.ChoiceField(label=gettext_lazy("What it shows"), required=False, choices=VIEWS)
    tiles = forms.MultipleChoiceField(
        label=gettext_lazy("Tiles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all."),
    )

    def __init__(self, board: Wallboard, data: Any = None) -> None:
        # Links that name only some of them are fine.
        super().__init__(data or {})
        self.board = board
        fields: Any = self.fields
        keys = [(key.pk, f"{key.note or _('no note')} · {key.pk}") for key in keys_in_use(board)]
        fields["key"].choices = keys or [("", _("There is none yet"))]
        tiles = board.tiles.prefetch_related("tile_series__series__definition")
        fields["tiles"].choices = [(tile.key, f"{shown_title(tile)} · {KIND_WORDS[tile.kind]}") for tile in tiles]

    def embedding(self, site: str) -> Embedding:
        """What was chosen; the newest key where none was."""
        self.full_clean()
        chosen = self.cleaned_data
        choices: Any = self.fields["key"]
        return Embedding(
            site=site,
            slug=self.board.slug,
            title=self.board.title,
            key=chosen.get("key") or choices.choices[0][0] or NO_KEY,
            look={name: chosen.get(name, "") for name in ("theme", "lang", "background")},
            view=chosen.get("view", ""),
            tiles=tuple(chosen.get("tiles", ())),
        )


class DoctorForm(forms.Form):
    """A portal's address, a token that is used for this one answer, and what the asking browser saw by itself."""

    portal = forms.CharField(
        label=gettext_lazy("The portal's address"),
        max_length=2000,
        strip=True,
        help_text=gettext_lazy("Of the page that has the frame, as your browser shows it."),
        widget=forms.TextInput(
            {"class": "vLargeTextField", "placeholder": "https://portal.example.com", "autocomplete": "off"}
        ),
    )
    token = forms.CharField(
        label=gettext_lazy("A token"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy(
            "Optional: one that the portal has just made. It is checked and forgotten, not kept, logged or shown again."
        ),
        widget=Forgotten({"rows": 3, "class": "vLargeTextField", "autocomplete": "off", "spellcheck": "false"}),
    )
    #: By the clock of the browser, ms since 1970; empty without JavaScript.
    clock = forms.FloatField(required=False, widget=forms.HiddenInput)
    #: How a socket went that the browser opened itself: ``open``, ``failed`` or empty.
    socket = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
