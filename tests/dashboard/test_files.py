"""What belongs to the installation's owner is for nobody else."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from dashboard.files import private_file, private_folder, write_private

ROOT = settings.BASE_DIR


def test_a_new_folder_and_file_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "deep" / "var")
    file = private_file(folder / "wallboard.sqlite3")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "deep").stat().st_mode & 0o055


def test_what_is_there_keeps_its_mode_and_content(tmp_path: Path) -> None:
    folder, file = tmp_path / "var", tmp_path / "var" / "wallboard.sqlite3"
    folder.mkdir(mode=0o755)
    file.write_text("kept", encoding="utf-8")
    file.chmod(0o640)
    private_file(private_folder(folder) / file.name)
    assert folder.stat().st_mode & 0o777 == 0o755
    assert file.stat().st_mode & 0o777 == 0o640
    assert file.read_text(encoding="utf-8") == "kept"


def test_a_file_that_cannot_be_made_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    assert not private_file(tmp_path / "missing" / "wallboard.sqlite3").exists()


def test_a_secret_replaces_the_earlier_one(tmp_path: Path) -> None:
    write_private(tmp_path / "key", "the longer one\n")
    write_private(tmp_path / "key", "another\n")
    assert (tmp_path / "key").read_text(encoding="utf-8") == "another\n"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_migrated_database_and_its_folder_are_for_their_owner_only(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    var = tmp_path / "var"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env={**environment, "VAR_DIR": str(var), "SECRET_KEY": "for-tests"},
        check=True,
        umask=0o022,
    )
    assert var.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in var.iterdir()} == {0o600}


def test_a_database_in_memory_leaves_no_file(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check"],
        cwd=tmp_path,
        env={**os.environ, "DATABASE_URL": "sqlite://:memory:", "SECRET_KEY": "for-tests", "VAR_DIR": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    assert not list(tmp_path.iterdir())
