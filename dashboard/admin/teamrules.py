"""Who becomes a member of a team by signing in with Genesys."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from dashboard.models import Team
from dashboard.signin.models import TeamRule


class TeamRuleInline(admin.TabularInline[TeamRule, Team]):
    model = TeamRule
    fields = ("claim", "value", "role")
    extra = 0
    verbose_name = gettext_lazy("rule")
    verbose_name_plural = gettext_lazy("members by what Genesys says about them, at each sign-in")


@admin.display(description=gettext_lazy("members from Genesys"))
def from_genesys(team: Team) -> str:
    """Those that rules gave; to look at, because the next sign-in makes them again."""
    members = team.memberships.filter(by_rule=True).select_related("user").order_by("user__username")
    return ", ".join(f"{one.user} ({one.get_role_display()})" for one in members)
