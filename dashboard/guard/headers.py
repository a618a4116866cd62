"""Headers that every answer has, whatever page it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

SWITCHED_OFF = (
    "accelerometer", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope", "magnetometer",
    "microphone", "midi", "payment", "publickey-credentials-get", "usb", "xr-spatial-tracking",
)  # fmt: skip
#: What a wallboard may do: sound at critical, no sleeping screen, the whole screen. Everything else is switched off,
#: for frames in a portal, too.
PERMISSIONS_POLICY = ", ".join(
    [
        *(f"{feature}=(self)" for feature in ("autoplay", "screen-wake-lock", "fullscreen")),
        *(f"{feature}=()" for feature in SWITCHED_OFF),
    ]
)


class PermissionsPolicy:
    """Django has no setting for this one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response
