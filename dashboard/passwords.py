"""Password reset that tells nobody who has an account: not by the page, by the time it takes, or by the log."""

import logging
from collections.abc import Iterable
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import PasswordResetForm
from django.core.mail import EmailMessage
from django.template import loader

logger = logging.getLogger(__name__)


class QuietPasswordResetForm(PasswordResetForm):
    """Sends beside the request, and does the same work for an unknown address: the answer is the same, and as quick."""

    def get_users(self, email: str) -> Iterable[Any]:
        found = list(super().get_users(email))
        # To somebody who is not there the mail is written, too, and not sent.
        return found or [get_user_model()(email=email)]

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        if settings.PUBLIC_URL:
            public = urlsplit(settings.PUBLIC_URL)
            context = {**context, "domain": public.netloc, "protocol": public.scheme}
        subject = " ".join(loader.render_to_string(subject_template_name, context).split())
        body = loader.render_to_string(email_template_name, context)
        message = EmailMessage(subject, body, from_email, [to_email])
        if context["user"].pk is None:
            return
        Thread(target=_send, args=(message,), name="password-reset", daemon=True).start()


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:  # noqa: BLE001  # whatever a mail server does; its words may name the recipient
        logger.error("A mail could not be sent (%s). Check EMAIL_URL and the mail server.", type(error).__name__)
