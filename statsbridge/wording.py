"""What the bridge says, in the language of who reads it. Pure but for the translation.

The bridge serves readers of every language at once, so it speaks English: in its answers, its logs and the rows that
it writes. The pages know these sentences and say them in their reader's language. What the service itself said stays as
it is, and so does a sentence that is not known here.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class Sentences:
    """Known texts by their templates, with ``%(name)s`` for what differs."""

    def __init__(self, templates: Iterable[str]) -> None:
        self.templates = tuple(templates)
        self._patterns = [(template, _pattern(template)) for template in self.templates]

    def say(self, text: str) -> str | None:
        """``text`` in the active language; None when no template fits. A ``reason`` is said, too."""
        for template, pattern in self._patterns:
            if found := pattern.fullmatch(text):
                parts = found.groupdict()
                if "reason" in parts:
                    parts["reason"] = self.say(parts["reason"]) or parts["reason"]
                return gettext(template) % parts
        return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", template)
    marked = (re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts))
    return re.compile("".join(marked), re.DOTALL)


#: Of links, and why a life of one ended.
LINKS = (
    _("starting"),
    _("no sign of life"),
    _("no sign of life for a minute"),
    _("it is just being opened"),
    _("the connection was edited"),
    _("the service started a new session"),
    _("the service is available again, opening statistics"),
    _("the service says that it is unavailable"),
    _("the service refuses the channel %(channel)s"),
    _("The service has not been heard of for %(seconds)s s."),
    _("Notifications do not arrive: %(count)s values differ from what was notified."),
    _("Another worker leads this connection."),
)
#: Of signing in, and of what a connection is set to.
SIGNING_IN = (
    _("Signing in failed: %(reason)s."),
    _("The API key was refused: %(words)s. Check the API key of this connection."),
    _("The client id or secret was refused: %(words)s. Check the client id and the client secret of this connection."),
    _(
        "The user name or password was refused: %(words)s. "
        "Check the user name (tenant\\user) and the password of this connection."
    ),
    _(
        "The refresh token was refused: %(words)s. "
        "Sign in once more to get a new refresh token, and enter it for this connection."
    ),
    _("The authorization code was refused: %(words)s. Start the sign-in once more."),
    _("The access token is no longer good."),
    _("The service answers without information about the person."),
    _("The sign-in service answers HTTP %(status)s in no documented form."),
    _("The sign-in service answers HTTP %(status)s."),
    _("The sign-in service answers without an access token."),
    _("The proxy address cannot be used. Give one such as http://proxy:3128."),
    _("The CA file of this connection cannot be used: %(reason)s."),
    _(
        "A stored secret cannot be decrypted. Put the key that wrote it back into FIELD_KEYS (after the "
        "current one), or SECRET_KEY where FIELD_KEYS was never set."
    ),
    _("it holds no certificate"),
    _("no connection within the time limit"),
    _("no answer within the time limit"),
    _("the proxy refused or failed"),
    _("no connection (%(reason)s)"),
    _("the connection broke (%(reason)s)"),
)
#: Of the Statistics API and CometD.
SERVICES = (
    _("The Statistics API: no answer within %(seconds)s s."),
    _("The Statistics API: %(reason)s."),
    _("The Statistics API answers HTTP %(status)s in no documented form."),
    _("The Statistics API refuses the token although it was just renewed."),
    _("The service answers without the statistic that was asked for."),
    _("The service did not answer within %(seconds)s s"),
    _("The service did not answer within %(seconds)s s."),
    _("The service did not answer in time"),
    _("The service cannot be reached: %(reason)s"),
    _("The service answered HTTP %(status)s: %(text)s"),
    _("The service answered HTTP %(status)s"),
    _("The service answered with something that is not JSON"),
    _("The service answered without any Bayeux message: %(text)s"),
    _("The service answered without any Bayeux message"),
    _("The service answered in an unknown form (%(reason)s)"),
    _("The service's answer lacks the reply to the request"),
    _("The service's handshake names no client id"),
    _("The service refused the handshake: %(reason)s"),
    _("The service did not accept the session it gave: %(reason)s"),
    _("The service refused the subscription to %(channels)s: %(reason)s"),
    _("The service refused the subscription to %(channels)s"),
    _("The service refused the poll: %(reason)s"),
    _("No poll was answered for %(seconds)s s: opening anew"),
    _("The poll was given up: the network failed meanwhile"),
    _("The CometD session failed: %(reason)s"),
    _("The link failed: %(reason)s"),
)
#: Of testing a connection and trying a statistic.
TRIALS = (
    _("Signed in; the token is good for %(hours)s hours."),
    _("A CometD session is open, and both notification channels are joined."),
    _("The bridge is signed in; its token is %(minutes)s minutes old."),
    _("The bridge's own CometD session is open; the test goes through it."),
    _(
        "There is nothing to subscribe to yet. Name an object of the contact centre (an agent's employee id, a queue's "
        "number@switch) to see its first value, too."
    ),
    _("The service refused the statistic."),
    _("The service accepted the statistic in %(ms)s ms."),
    _("The first value came after %(ms)s ms."),
    _("No value within %(seconds)s s: the service has none yet, or sends none before the next change."),
    _("The value does not fit the unit “%(unit)s”: %(reason)s."),
    _("a number expected, met %(value)s"),
    _("a number up to %(most)s expected, met %(value)s"),
    _("a text expected, met %(value)s"),
    _("a state expected, met %(value)s"),
    _("a status expected, met %(value)s"),
    _("a value that is out of all bounds (%(reason)s)"),
    _("The connection is not stored any more. Reload the page."),
    _("The connection “%(name)s” is connecting: %(reason)s"),
    _("The connection “%(name)s” is down: %(reason)s"),
    _("The bridge has other FIELD_KEYS than the web process. Give all processes the same ones."),
    _("The bridge itself failed (%(reason)s); its log says more."),
    _("Others are trying something out at this very moment. Press the button again in a few seconds."),
    _("That was tried %(times)s times within a minute. Try again in %(seconds)s s."),
)
SENTENCES = Sentences((*LINKS, *SIGNING_IN, *SERVICES, *TRIALS))


def in_words(text: str) -> str:
    """A text of the bridge in the language that is active."""
    return SENTENCES.say(text) or text
