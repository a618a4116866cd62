import pytest
from pytest_django import Settings

from dashboard.configfile import export_text
from statsbridge.models import Connection
from tests.dashboard.configfile.files import ENVIRONMENT, SAMPLE, apply, refusal

pytestmark = pytest.mark.django_db

ROTATING = """
version: 1
connections:
  - {name: my-tenant, api_url: "https://gws.example.com", client_id: wallboard, grant: refresh_token,
     refresh_token: "${SAMPLE_TOKEN}"}
"""
WITHOUT: dict[str, str] = {"SAMPLE_HOST": "gws.example.com"}


def test_a_secret_is_stored_encrypted_with_the_name_it_came_from_and_exported_as_that_name() -> None:
    apply()
    connection = Connection.objects.get()
    assert connection.secret_sources["password"]["variable"] == "SAMPLE_PASSWORD"
    raw = str(Connection.objects.extra(select={"raw": "password"}).values_list("raw", flat=True).get())
    assert "sample-password" not in raw + str(connection.secret_sources)
    exported = export_text()
    assert "password: ${SAMPLE_PASSWORD}" in exported
    assert "sample-password" not in exported


def test_one_that_was_entered_in_the_browser_is_exported_under_the_names_of_connection_and_field() -> None:
    Connection.objects.create(
        name="my-tenant", api_url="https://gws.example.com", client_id="x", username="u", password="sample-password"
    )
    exported = export_text()
    assert "password: ${MY_TENANT_PASSWORD}" in exported
    assert not apply(exported, {}, dry_run=True).changes


def test_an_unset_variable_keeps_what_is_stored() -> None:
    apply()
    assert not apply(SAMPLE, WITHOUT).changes
    assert Connection.objects.get().password == "sample-password"


def test_an_unset_variable_keeps_stored_text_too() -> None:
    apply()
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "SAMPLE_HOST"}
    assert not apply(SAMPLE, environment).changes
    assert Connection.objects.get().api_url == "https://gws.example.com"


def test_an_unset_variable_keeps_the_stored_text_of_a_tile() -> None:
    text = SAMPLE.replace("title: Waiting,", "title: '${TILE_TITLE}',").replace("$${PLACEHOLDER}", "${NEWS}")
    apply(text, {**ENVIRONMENT, "TILE_TITLE": "In line", "NEWS": "sample"})
    assert not apply(text, ENVIRONMENT).changes


def test_an_unset_variable_is_an_error_where_nothing_is_stored() -> None:
    (line,) = refusal(ROTATING, {})
    assert "connections[0].refresh_token: the environment variable SAMPLE_TOKEN is not set" in line


def test_a_new_value_replaces_the_old_one_and_is_a_difference_without_being_shown() -> None:
    apply()
    (change,) = apply(SAMPLE, {**ENVIRONMENT, "SAMPLE_PASSWORD": "another-word"}).changes
    assert str(change) == "~ connection main\n    password: a new value"
    assert Connection.objects.get().password == "another-word"


def test_a_token_that_the_service_rotated_is_kept_until_the_variable_changes() -> None:
    apply(ROTATING, {"SAMPLE_TOKEN": "first"})
    Connection.objects.update(refresh_token="rotated")
    assert not apply(ROTATING, {"SAMPLE_TOKEN": "first"}).changes
    assert Connection.objects.get().refresh_token == "rotated"
    assert apply(ROTATING, {"SAMPLE_TOKEN": "second"}).changes
    assert Connection.objects.get().refresh_token == "second"


def test_a_rotated_token_is_kept_when_its_variable_gets_another_name() -> None:
    apply(ROTATING, {"SAMPLE_TOKEN": "first"})
    Connection.objects.update(refresh_token="rotated")
    (change,) = apply(ROTATING.replace("SAMPLE_TOKEN", "RENAMED"), {}).changes
    assert "${SAMPLE_TOKEN}" in str(change)
    assert "${RENAMED}" in str(change)
    assert not apply(ROTATING.replace("SAMPLE_TOKEN", "RENAMED"), {"RENAMED": "first"}).changes
    assert Connection.objects.get().refresh_token == "rotated"


def test_a_rotated_token_is_kept_after_a_change_of_the_encryption_key(settings: Settings) -> None:
    settings.FIELD_KEYS = ["old"]
    apply(ROTATING, {"SAMPLE_TOKEN": "first"})
    Connection.objects.update(refresh_token="rotated")
    settings.FIELD_KEYS = ["new", "old"]
    assert not apply(ROTATING, {"SAMPLE_TOKEN": "first"}).changes
    settings.FIELD_KEYS = ["new"]
    Connection.objects.update(refresh_token="rotated")
    assert not apply(ROTATING, {"SAMPLE_TOKEN": "first"}).changes
    assert Connection.objects.get().refresh_token == "rotated"


def test_an_empty_secret_clears_the_stored_one() -> None:
    apply()
    apply("version: 1\nconnections:\n  - {name: main, api_key: ''}\n")
    connection = Connection.objects.get()
    assert connection.api_key == ""
    assert "api_key" not in connection.secret_sources


def test_a_proxy_with_a_password_is_exported_as_a_variable() -> None:
    proxy = "http://user:sample-proxy-word@proxy.example.com:3128"
    apply(
        SAMPLE.replace("    grant:", "    proxy: ${SAMPLE_PROXY}\n    grant:"), {**ENVIRONMENT, "SAMPLE_PROXY": proxy}
    )
    assert Connection.objects.get().proxy == proxy
    assert "proxy: ${SAMPLE_PROXY}" in export_text()
    Connection.objects.update(secret_sources={})
    assert "proxy: ${MAIN_PROXY}" in export_text()
    Connection.objects.update(proxy="http://proxy.example.com:3128")
    assert "proxy: http://proxy.example.com:3128" in export_text()
    assert not apply(export_text(), {}, dry_run=True).changes


def test_a_proxy_without_a_variable_is_plain_text_and_no_difference() -> None:
    text = SAMPLE.replace("    grant:", "    proxy: http://proxy.example.com:3128\n    grant:")
    apply(text)
    assert "proxy: http://proxy.example.com:3128" in export_text()
    assert not apply(text, dry_run=True).changes
    assert not apply(export_text(), dry_run=True).changes


def test_a_secret_written_into_the_file_is_never_printed() -> None:
    outcome = apply(SAMPLE.replace("${SAMPLE_PASSWORD}", "word-in-the-file"), dry_run=True)
    assert "word-in-the-file" not in "".join(map(str, outcome.changes)) + repr(outcome)
