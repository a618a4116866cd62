"""Readiness while the database is away, slow, or on a machine with another time of day."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.test import Client

from dashboard.stored import beat_age
from statsbridge import persistence
from statsbridge.models import Worker
from tests.e2e.installation import ROOT
from tests.e2e.postgres import postgres_server

ASK = """
import asyncio, json, time
import django
django.setup()
from django.test import AsyncClient

async def ask():
    began = time.monotonic()
    response = await AsyncClient().get("/readyz")
    print(json.dumps([response.status_code, time.monotonic() - began, response.json()]), flush=True)

asyncio.run(ask())
"""


def test_a_database_that_does_not_answer_is_told_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "ALLOWED_HOSTS": "testserver",
            "DATABASE_URL": f"postgres://wallboard:sample-word@127.0.0.1:{silent.getsockname()[1]}/wallboard",
        }
        done = subprocess.run(
            [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
    assert done.stdout, done.stderr
    status, seconds, body = json.loads(done.stdout)
    assert status == 503
    assert seconds < 10
    assert body["checks"]["database"] == {"ok": False, "detail": "no answer within 2 s"}
    assert body["checks"]["channel_layer"]["ok"] is True
    assert body["checks"]["bridge"]["ok"] is False
    assert "sample-word" not in done.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [-3, 3])
def test_the_bridges_sign_of_life_does_not_depend_on_our_time_of_day(hours: int) -> None:
    connection.ensure_connection()
    day = time.time() / 86400 + 2440587.5 + hours / 24
    connection.connection.create_function("julianday", 1, lambda _: day)
    try:
        persistence.beat("worker", 0)
        assert abs(Worker.objects.get().beat_at - time.time() * 1000 - hours * 3_600_000) < 60_000
        age = beat_age()
        assert age is not None
        assert age < 1000
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_age_of_the_last_sign_is_told(client: Client) -> None:
    persistence.beat("worker", 0)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"]["bridge"] == {"ok": True, "detail": "last sign 0 s ago"}


@pytest.mark.django_db(transaction=True)
def test_nobody_ran_a_bridge_yet(client: Client) -> None:
    assert client.get("/readyz").json()["checks"]["bridge"] == {"ok": False, "detail": "no bridge has run yet"}


BEAT = """
import django
django.setup()
from django.core.management import call_command
from dashboard.stored import beat_age
from statsbridge import persistence
call_command("migrate", verbosity=0)
print(beat_age())
persistence.beat("worker", 0)
print(beat_age() < 5000)
"""


def test_postgresql_keeps_the_time_of_signs_of_life_too() -> None:
    with postgres_server() as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        command = [sys.executable, "-c", BEAT]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout == "None\nTrue\n", done.stderr
