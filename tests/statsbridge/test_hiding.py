"""What the service repeats of secrets is cleared, in whatever form it repeats it."""

import base64
import json
from urllib.parse import quote_plus

import pytest

from statsbridge.auth import Credentials
from statsbridge.hiding import Hiding, of_credentials, of_proxy

SECRET = 'sample "word" + ä'
KNOWN = of_credentials(Credentials("client", SECRET, api_key="sample-key", password="abc"))


def clear(value: object) -> object:
    hiding = Hiding()
    hiding.add(lambda: KNOWN)
    hiding.add(lambda: of_proxy("http://user:pa%40ss@proxy:3128"))
    return hiding.clear(value)


@pytest.mark.parametrize(
    "said",
    [
        SECRET,
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        base64.b64encode(f"client:{SECRET}".encode()).decode(),
        "sample-key",
        "pa@ss",
        "pa%40ss",
        base64.b64encode(b"user:pa@ss").decode(),
    ],
)
def test_a_secret_is_cleared_in_every_form_and_place(said: str) -> None:
    assert clear({"steps": [{"text": f"no {said}!"}], said: 1}) == {"steps": [{"text": "no …!"}], "…": 1}


def test_what_is_no_text_and_what_is_part_of_many_words_stays() -> None:
    assert clear([1234, None, True, "abc"]) == [1234, None, True, "abc"]


def test_a_proxy_without_a_password_has_no_secret() -> None:
    assert of_proxy("http://proxy:3128") == of_proxy("http://[x") == of_proxy("") == set()
