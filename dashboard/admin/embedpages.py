"""A wallboard's way into portals: code to copy, and the embed doctor."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dashboard.admin.embedform import DoctorForm, EmbedOptions, keys_in_use
from dashboard.embedding.doctor import Asked, BusyError, examine, reached_at
from dashboard.embedding.findings import as_text, worst, worst_first
from dashboard.embedding.snippets import FRAMES, TOKENS, Embedding, render_snippet
from dashboard.models import Wallboard

NAME = "dashboard_wallboard_embed"
FRAME_WORDS = {
    "renewing": gettext_lazy("With renewal: the frame grows with its content, and tokens are renewed in time"),
    "short": gettext_lazy("Short: the portal's server writes a token into the page; it is not renewed"),
}
SUMMARIES = {
    "good": gettext_lazy("Nothing stands in the way."),
    "warn": gettext_lazy("It can work; look at what is marked."),
    "bad": gettext_lazy("It cannot work yet. Change what is marked as wrong."),
}


class EmbedPages(admin.ModelAdmin[Wallboard]):
    """Adds the page to each wallboard, for managers of its team."""

    change_form_template = "admin/dashboard/wallboard/change_form.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.embed_view)
        return [path("<int:pk>/embed/", view, name=NAME), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        board = kwargs.get("obj")
        context["may_embed"] = board is not None and may_embed(request.user, board)
        return super().render_change_form(request, context, *args, **kwargs)

    @method_decorator([never_cache, require_http_methods(["GET", "HEAD", "POST"]), sensitive_post_parameters("token")])
    def embed_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows code for what the address says; POST asks the doctor."""
        board = self.get_object(request, str(pk))
        if board is None:
            raise Http404
        if not may_embed(request.user, board):
            raise PermissionDenied
        site = reached_at(request)
        options = EmbedOptions(board, request.GET)
        embedding = options.embedding(site or f"{request.scheme}://{request.get_host()}")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Embed"),
            "opts": self.opts,
            "object": board,
            "options": options,
            "embedding": embedding,
            "has_keys": keys_in_use(board).exists(),
            "frames": _snippets(FRAMES, embedding),
            "tokens": _snippets(TOKENS, embedding),
            **self._consult(request, board, site),
        }
        return TemplateResponse(request, "admin/dashboard/wallboard/embed.html", context)

    def _consult(self, request: HttpRequest, board: Wallboard, site: str) -> dict[str, Any]:
        if request.method != "POST":
            first = board.allowed_origins[0] if board.allowed_origins else ""
            return {"doctor": DoctorForm(initial={"portal": first})}
        form = DoctorForm(request.POST)
        if not form.is_valid():
            return {"doctor": form}
        given = form.cleaned_data
        try:
            asked = Asked(given["portal"], given["token"], given["clock"], given["socket"])
            found = worst_first(examine(board, asked, site))
        except BusyError:
            return {"doctor": form, "busy": True}
        state = worst(found)
        heading = f"{board.title} ({board.slug}) · {given['portal']}"
        return {
            "doctor": form,
            "findings": found,
            "state": state.value,
            "summary": SUMMARIES[state],
            "report": as_text(heading, found),
        }


def may_embed(user: Any, board: Wallboard) -> bool:
    """Whether the person may put the wallboard into portals."""
    return bool(user.has_perm("dashboard.embed_wallboard", board))


def embed_address(board: Wallboard, **chosen: str) -> str:
    """The page of a wallboard, with what is chosen already, such as ``key``."""
    return reverse(f"admin:{NAME}", args=[board.pk]) + (f"?{urlencode(chosen)}" if chosen else "")


def _snippets(languages: Any, embedding: Embedding) -> list[dict[str, Any]]:
    return [
        {"name": name, "title": FRAME_WORDS.get(name, language.name), "code": render_snippet(name, embedding)}
        for name, language in languages.items()
    ]
