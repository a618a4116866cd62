"""A real PostgreSQL server for a test: its own cluster in a temporary folder, on a free port."""

import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.e2e.installation import ROOT, deadline, free_port
from tests.services import find_postgres


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Yields the server's address, ``postgres://wallboard@127.0.0.1:port/postgres``; the cluster is gone afterwards."""
    programs = find_postgres()
    assert programs, "PostgreSQL is missing. On Debian: apt-get install postgresql"
    # PostgreSQL refuses to run as root; Debian's package brings an account for it.
    account = "postgres" if os.geteuid() == 0 else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="wallboard-postgres-"))
    shutil.chown(folder, account)
    environment = {**os.environ, "HOME": pwd.getpwnam(account).pw_dir, "LC_ALL": "C.UTF-8"}
    port = free_port()
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "wallboard", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            user=account,
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        # Tests roll their rows back: autovacuum would count none, and queries on thousands be planned for empty tables.
        options = ["-F", "-c", "autovacuum=off"]
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-p", str(port), "-h", "127.0.0.1", "-k", folder, *options],
            user=account,
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"postgres://wallboard@127.0.0.1:{port}/postgres"
            wait_for_postgres(url)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_postgres(url: str) -> None:
    for _ in deadline(30):
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return
    raise AssertionError("PostgreSQL did not start in 30 s")


def on_postgresql(module: str) -> "subprocess.CompletedProcess[str]":
    """What a script prints that changes a database of its own from several sides at once."""
    with postgres_server() as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
        command = [sys.executable, "-m", module]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
