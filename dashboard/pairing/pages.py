"""The page on which a manager pairs a TV, made for the phone that read the code."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard import access
from dashboard.pairing.codes import CodeRefused, pair
from dashboard.pairing.forms import PairForm, choices_of
from dashboard.pairing.models import PairedScreen
from dashboard.plain import parse_id


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def pair_screen(request: HttpRequest) -> HttpResponse:
    """Only the button pairs: an address with a code in it, which anybody could send, does not."""
    if not access.can_manage(request.user, None):
        raise PermissionDenied
    if request.method == "POST":
        form = PairForm(request.user, request.POST)
        if form.is_valid():
            try:
                screen = pair(request.user, form.cleaned_data["code"], form.paired())
            except CodeRefused as refused:
                form.add_error("code", str(refused))
            else:
                return HttpResponseRedirect(f"{reverse('pair_screen')}?paired={screen.pk}")
    else:
        form = PairForm(request.user, initial={"code": request.GET.get("code", "")})
    page = {"form": form, "paired": _just_paired(request), "choices": bool(choices_of(request.user))}
    return render(request, "pair_screen.html", page, status=200)


def what(screen: PairedScreen) -> str:
    """The title of what it was given."""
    return str(screen.wallboard or screen.rotation or "–")


def _just_paired(request: HttpRequest) -> PairedScreen | None:
    pk = parse_id(request.GET.get("paired", ""))
    if pk is None:
        return None
    return PairedScreen.objects.filter(pk=pk, team__in=access.teams_of(request.user, access.MANAGERS)).first()
