"""The states of links, values and keys as the pages of the administration call them."""

from django.utils.translation import pgettext


def word_of(state: str) -> str:
    """A state in the reader's language; the catalogues have each under the context ``state``."""
    return pgettext("state", state)
