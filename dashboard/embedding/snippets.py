"""Code for a portal: the frame, and minting its token in five languages. The texts are ``templates/snippets/``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.template import Context, Engine

#: What stands where a team has no key yet.
NO_KEY = "YOUR-KEY-ID"


@dataclass(frozen=True, slots=True)
class Language:
    """In which the snippet is written, and as which file it is kept."""

    name: str
    file: str


#: By the word in addresses and tests.
FRAMES = {
    "renewing": Language("HTML", "renewing.html"),
    "short": Language("HTML", "short.html"),
}
TOKENS = {
    "python": Language("Python", "wallboard_token.py"),
    "node": Language("Node", "wallboard_token.mjs"),
    "java": Language("Java", "WallboardToken.java"),
    "csharp": Language("C#", "WallboardToken.cs"),
    "php": Language("PHP", "wallboard_token.php"),
}


@dataclass(frozen=True, slots=True)
class Embedding:
    """A wallboard in a portal: where it is, how it looks, and what its token allows.

    ``site`` is an origin; ``look`` the parameters of the address; ``view`` and ``tiles`` go into the token, which the
    server holds to. Slug, key and tiles are slugs: they stand in the code as they are.
    """

    site: str
    slug: str
    title: str
    key: str = NO_KEY
    look: Mapping[str, str] = field(default_factory=dict)
    view: str = ""
    tiles: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        query = urlencode({name: value for name, value in self.look.items() if value})
        return f"{self.site}/embed/{self.slug}/{'?' if query else ''}{query}"

    def claims(self) -> dict[str, Any]:
        """What the token says besides its times."""
        found: dict[str, Any] = {"wallboard": self.slug}
        if self.view:
            found["view"] = self.view
        if self.tiles:
            found["tiles"] = list(self.tiles)
        return found


def render_snippet(name: str, embedding: Embedding) -> str:
    """The code called ``name`` (of ``FRAMES`` or ``TOKENS``), ready to be copied."""
    language = FRAMES.get(name) or TOKENS[name]
    claims = embedding.claims()
    pairs = {key: json.dumps(value) for key, value in claims.items()}
    context = {
        "site": embedding.site,
        "slug": embedding.slug,
        "title": embedding.title,
        "address": embedding.address,
        "key_id": embedding.key,
        # Browsers keep a frame opaque whose colour scheme is another than its document's.
        "scheme": "; color-scheme: light" if embedding.look.get("background") == "transparent" else "",
        "python_claims": ", ".join(f'"{key}": {value}' for key, value in pairs.items()),
        "node_claims": ", ".join(f"{key}: {value}" for key, value in pairs.items()),
        "php_claims": ", ".join(f"'{key}' => {value}".replace('"', "'") for key, value in pairs.items()),
        "quoted_claims": json.dumps(claims, separators=(",", ":"))[1:-1].replace('"', '\\"'),
    }
    template = Engine.get_default().get_template(f"snippets/{language.file}.txt")
    # Joined, because str() of a rendered template is still marked as safe HTML.
    return "".join([template.render(Context(context, autoescape=False))])
