"""How the snippets are run, in the languages whose programs are here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from dashboard.embedding.snippets import TOKENS

#: What runs a snippet's file; C# is compiled first.
PROGRAMS = {"python": sys.executable, "node": "node", "java": "javac", "csharp": "mcs", "php": "php"}


def here() -> list[str]:
    """The languages that can be run on this machine; ``python -m tests.services`` says which cannot."""
    return [name for name in TOKENS if shutil.which(PROGRAMS[name])]


def run(language: str, code: str, secret: str, folder: Path) -> str:
    """What the snippet prints when it is run as it was copied."""
    file = folder / TOKENS[language].file
    file.write_text(code, encoding="utf-8")
    commands = {
        "java": [["java", str(file)]],
        "csharp": [["mcs", f"-out:{folder}/token.exe", str(file)], ["mono", f"{folder}/token.exe"]],
    }.get(language, [[PROGRAMS[language], str(file)]])
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "WALLBOARD_SECRET": secret}
    for command in commands:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout.strip()
