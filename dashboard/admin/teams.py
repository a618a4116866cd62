"""Teams and who is in them."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.access import MANAGERS, teams_of
from dashboard.admin.scope import ScopedAdmin, SparesBoards
from dashboard.admin.teamrules import TeamRuleInline, from_genesys
from dashboard.configfile.usage import Changes
from dashboard.models import Membership, Team


class TeamForm(SparesBoards[Team]):
    class Meta:
        model = Team
        fields = ("title", "name", "monitored_objects")

    def board_changes(self) -> Changes:
        if "monitored_objects" not in self.cleaned_data:
            return {}
        team = self.instance.pk
        before = {one.name: one for one in self.instance.monitored_objects.all()}
        after = {one.name: one for one in self.cleaned_data["monitored_objects"]}
        changed = {name: (before | after)[name] for name in before.keys() ^ after.keys()}
        teams = {name: {one.name for one in row.teams.exclude(pk=team)} for name, row in changed.items()}
        mine = {self.stored_name()}
        return {
            "objects": {
                name: {"teams": sorted(others | mine if name in after else others)} for name, others in teams.items()
            }
        }


class MembershipForm(forms.ModelForm[Membership]):
    """Takes the user's name: a list of everybody is nothing for a manager of one team, nor for thousands."""

    username = forms.CharField(label=gettext_lazy("user name"))
    #: Whether whoever sees the form may add accounts.
    adds_people = False

    class Meta:
        model = Membership
        fields = ("username", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["username"] = self.instance.user.get_username()

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise forms.ValidationError(self._unknown(name))
        self.instance.user = user
        # Whoever is a member by a rule becomes one by hand, in the same row.
        by_rule = Membership.objects.filter(team=self.instance.team_id, user=user, by_rule=True).first()
        if by_rule is not None:
            self.instance.pk, self.instance.by_rule = by_rule.pk, False
            self.instance._state.adding = False
        return name

    def _unknown(self, name: str) -> str:
        if not self.adds_people:
            return _("There is no user “%s”; an administrator can add one.") % name
        address = f"{reverse('admin:auth_user_add')}?{urlencode({'username': name})}"
        link = format_html('<a href="{}">{}</a>', address, _("Add the account"))
        return format_html("{} {}", _("There is no user “%s”.") % name, link)


class MembershipFormSet(forms.BaseInlineFormSet[Membership, Team, forms.ModelForm[Membership]]):
    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("username") if hasattr(form, "cleaned_data") else None
            if name and not form.cleaned_data.get("DELETE"):
                if name in seen:
                    form.add_error("username", _("“%s” is there twice.") % name)
                seen.add(name)


class MembershipInline(admin.TabularInline[Membership, Team]):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    extra = 0
    verbose_name = gettext_lazy("member")
    verbose_name_plural = gettext_lazy("members")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)
        form: Any = made.form
        form.adds_people = request.user.has_perm("auth.add_user")
        return made

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        by_hand = super().get_queryset(request).filter(by_rule=False)
        return by_hand.select_related("user").order_by("user__username")


@admin.register(Team)
class TeamAdmin(ScopedAdmin[Team]):
    form = TeamForm
    list_display = ("title", "name", "people", "boards", "claimed")
    search_fields = ("name", "title", "memberships__user__username")
    # A picker that searches: there may be thousands of objects.
    autocomplete_fields = ("monitored_objects",)
    prepopulated_fields = {"name": ("title",)}
    inlines = (MembershipInline, TeamRuleInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        counts = {
            "people_count": Count("memberships", distinct=True),
            "board_count": Count("wallboards", distinct=True),
            "object_count": Count("monitored_objects", distinct=True),
        }
        return super().get_queryset(request).annotate(**counts)

    def rows_of(self, request: HttpRequest, rows: QuerySet[Team]) -> QuerySet[Team]:
        return rows.filter(pk__in=teams_of(request.user, MANAGERS))

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> Any:
        whole = getattr(request.user, "is_superuser", False)
        by_rule = (from_genesys,) if obj and obj.memberships.filter(by_rule=True).exists() else ()
        return ("title", "name", *(("monitored_objects",) if whole else ()), *by_rule)

    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> Any:
        # Files and scripts know the team by its name.
        return (from_genesys,) if getattr(request.user, "is_superuser", False) else ("name", from_genesys)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj or not self.has_add_permission(request) else super().get_prepopulated_fields(request, obj)

    @admin.display(description=gettext_lazy("members"), ordering="people_count")
    def people(self, team: Any) -> int:
        return int(team.people_count)

    @admin.display(description=gettext_lazy("wallboards"), ordering="board_count")
    def boards(self, team: Any) -> int:
        return int(team.board_count)

    @admin.display(description=gettext_lazy("objects only for it"), ordering="object_count")
    def claimed(self, team: Any) -> int:
        return int(team.object_count)
