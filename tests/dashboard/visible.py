"""What a page says to people: its texts, and the attributes that are read or shown."""

from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "template", "pre", "code", "textarea", "title"})
_SPOKEN = frozenset({"title", "aria-label", "placeholder", "alt"})
_WORDS_FOR_SCRIPTS = "data-"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: set[str] = set()
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _SILENT and tag != "title":
            self._silent += 1
        for name, value in given.items():
            if name in _SPOKEN or (name.startswith(_WORDS_FOR_SCRIPTS) and " " in value and value[:1] not in "{["):
                self._add(value)
        if tag == "input" and given.get("type") in ("submit", "button"):
            self._add(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and tag != "title":
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add(data)

    def _add(self, text: str) -> None:
        said = " ".join(text.split())
        if any(letter.isalpha() for letter in said):
            self.texts.add(said)


def said_by(page: str) -> set[str]:
    """Each text of the HTML page, its white space normalised; those without a letter left out."""
    reader = _Reader()
    reader.feed(page)
    return reader.texts
