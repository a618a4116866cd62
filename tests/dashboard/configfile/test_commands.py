"""The commands as a shell sees them."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from statsbridge.models import Connection
from tests.dashboard.configfile.files import ENVIRONMENT, SAMPLE, line_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "wallboard.yaml"
    path.write_text(SAMPLE, encoding="utf-8")
    return path


def test_a_dry_run_with_a_difference_ends_with_2_and_prints_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("applyconfig", str(file), "--dry-run")
    assert end.value.code == 2
    assert "+ wallboard sales" in capsys.readouterr().out
    assert not Connection.objects.exists()


def test_export_and_dry_run_end_with_0(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("applyconfig", str(file))
    call_command("exportconfig", str(tmp_path / "export.yaml"))
    capsys.readouterr()
    call_command("applyconfig", str(tmp_path / "export.yaml"), "--dry-run")
    assert capsys.readouterr().out == "No difference.\n"
    call_command("exportconfig")
    assert capsys.readouterr().out == (tmp_path / "export.yaml").read_text(encoding="utf-8")


def test_an_error_ends_with_1_and_says_that_nothing_was_changed(file: Path) -> None:
    file.write_text(SAMPLE.replace("type: Agent", "type: Robot"), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("applyconfig", str(file))
    assert caught.value.returncode == 1
    assert f"{file}:16: objects[2].type: “Robot” is no object type" in str(caught.value)
    assert str(caught.value).endswith("Nothing was changed.")


def test_a_doubtful_definition_is_a_note_and_no_error(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(SAMPLE.replace("mainMask: WaitForNextCall", "mainMask: WaitForNextCal"), encoding="utf-8")
    note = (
        f"Note: {file}:{line_of(SAMPLE, 'mainMask')}: statistics[1].definition.mainMask: "
        "there is no word for a mask of DNStatus “WaitForNextCal”; did you mean “WaitForNextCall”?"
    )
    call_command("applyconfig", str(file))
    assert note in capsys.readouterr().out.splitlines()
    call_command("applyconfig", str(file), "--dry-run")
    assert capsys.readouterr().out.splitlines() == [note, "No difference."]


def test_a_definition_without_a_category_is_a_note(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(SAMPLE.replace("category: TotalAdjustedTime, ", ""), encoding="utf-8")
    call_command("applyconfig", str(file))
    assert "statistics[1].definition: “category” is missing; every definition has it." in capsys.readouterr().out


def test_a_sound_file_has_no_notes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("applyconfig", str(file))
    assert "Note:" not in capsys.readouterr().out


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("exportconfig", str(tmp_path / "missing" / "export.yaml"))
