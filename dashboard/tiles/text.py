"""News and instructions: a Markdown subset, made harmless on the server."""

from typing import Any

import markdown
import nh3
from pydantic import Field

from dashboard.tiles.base import Kind, Options, TileContext

# Images are left out: a wall asks nothing of other sites.
TAGS = {
    "p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "h1", "h2", "h3", "h4", "ul", "ol", "li", "a",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}


class TextOptions(Options):
    """``text`` is Markdown: headings, emphasis, lists, quotes, code, rules and links."""

    text: str = Field(default="", max_length=10_000)


class Text(Kind):
    """``text``: no series."""

    name = "text"
    options = TextOptions
    series_least = 0
    series_most = 0

    def figure(self, options: TextOptions, context: TileContext) -> None:
        return None

    def extra(self, options: TextOptions, context: TileContext) -> dict[str, Any]:
        return {"html": to_html(options.text)}


def to_html(text: str) -> str:
    """Markdown to HTML that holds nothing but ``TAGS``; a line break in the text is one on the wall."""
    html = markdown.markdown(text, extensions=["nl2br", "sane_lists"], output_format="html")
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")
