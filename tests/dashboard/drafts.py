"""What the tests of the editor's requests share: who sends what."""

from typing import Any

from django.test import Client

from tests.dashboard.floor import Floor

EDIT = "/wallboards/sales/edit/"


def client_of(floor: Floor, person: str, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(floor.users[person], backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, what: str, body: Any, method: str = "post", **headers: str) -> Any:
    return getattr(client, method)(f"{EDIT}{what}/", body, content_type="application/json", headers=headers)


def board_of(client: Client) -> dict[str, Any]:
    loaded: dict[str, Any] = client.get(f"{EDIT}document/").json()
    return loaded


def save(client: Client, board: dict[str, Any]) -> Any:
    return send(client, "document", board, "put")
