"""The code that portals copy: run as it is, in the languages themselves, and the same in the manual."""

import re
from pathlib import Path

import pytest

from dashboard import embed
from dashboard.embedding.snippets import FRAMES, NO_KEY, TOKENS, Embedding, render_snippet
from tests.dashboard.embedding.languages import here, run
from tests.dashboard.floor import Floor

MANUAL = Path(__file__).parents[3] / "docs" / "embedding.md"
SITE = "https://wallboard.example.com"
IN_THE_MANUAL = Embedding(SITE, "sales", "Sales floor", "b1f2c3d4e5f60718", look={"theme": "light"})


def test_the_languages_that_every_machine_of_ours_has_are_run() -> None:
    assert {"python", "node"} <= set(here())


@pytest.mark.parametrize("language", here())
@pytest.mark.parametrize("narrowed", [False, True], ids=["whole", "narrowed"])
def test_what_a_snippet_prints_is_admitted(floor: Floor, tmp_path: Path, language: str, narrowed: bool) -> None:
    key, secret = embed.create_key(floor.sales)
    allowed = {"view": "lobby", "tiles": ("waiting", "level-2")} if narrowed else {}
    code = render_snippet(language, Embedding(SITE, "sales", "Sales", key, **allowed))  # type: ignore[arg-type]
    admission = embed.admit(run(language, code, secret, tmp_path), "sales")
    assert (admission.key, admission.seconds) == (key, 3600)
    assert admission.view == ("lobby" if narrowed else "full")
    assert admission.tiles == (frozenset({"waiting", "level-2"}) if narrowed else None)


@pytest.mark.parametrize("name", [*FRAMES, *TOKENS])
def test_the_manual_has_the_very_same_code(name: str) -> None:
    assert f"\n{render_snippet(name, IN_THE_MANUAL)}```\n" in MANUAL.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TOKENS)
def test_the_secret_is_never_in_the_code(name: str) -> None:
    code = render_snippet(name, Embedding(SITE, "sales", "Sales"))
    assert "WALLBOARD_SECRET" in code
    assert NO_KEY in code


@pytest.mark.parametrize("name", FRAMES)
def test_a_title_is_no_markup_of_the_portal(name: str) -> None:
    code = render_snippet(name, Embedding(SITE, "sales", '"><script>x</script>', look={"theme": "dark", "lang": "de"}))
    assert "<script>x" not in code
    assert f'src="{SITE}/embed/sales/?theme=dark&amp;lang=de' in code


def test_what_a_snippet_needs_is_in_the_standard_library_of_its_language() -> None:
    for name in ("node", "java", "csharp", "php"):
        code = render_snippet(name, IN_THE_MANUAL)
        imported = re.findall(r"(?:import|using|require)\s+(?:static )?(?:\{[^}]*\} from )?[\"']?([\w.:]+)", code)
        assert all(one.startswith(("node:", "java.", "javax.", "System")) for one in imported), (name, imported)


@pytest.mark.parametrize("name", [*FRAMES, *TOKENS])
def test_the_code_does_not_pass_for_html(name: str) -> None:
    assert not hasattr(render_snippet(name, IN_THE_MANUAL), "__html__")
