"""Makes sure that the programs the tests run against are on this machine, or says what to install.

As root on Debian it installs what is missing; elsewhere it names it and fails. Run by ``make test``.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What is looked for, and the Debian package that brings it.
PROGRAMS = {
    "chromium": ("chromium", "Chromium"),
    "redis-server": ("redis-server", "Redis"),
    "nginx": ("nginx", "nginx"),
    "node": ("nodejs", "Node.js 18 or newer"),
    "npm": ("npm", "npm"),
}
#: What runs the snippets for portals. Where root may, the small ones are installed; a language that is not here is not
#: run, and that is said.
LANGUAGES = {
    "php": (["php-cli"], "PHP"),
    "mcs": (["mono-mcs", "mono-runtime"], "C# (Mono)"),
    "javac": ([], "Java (apt-get install default-jdk-headless)"),
}
PEERS = Path(__file__).parent / "peers"


def find_postgres() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; Debian keeps them off the PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def missing() -> dict[str, str]:
    """Debian package -> name for people, of everything that is not here."""
    lacking = {package: name for program, (package, name) in PROGRAMS.items() if not shutil.which(program)}
    if find_postgres() is None:
        lacking["postgresql"] = "PostgreSQL"
    return lacking


def install(packages: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True, env=environment
    )


def find_languages(may_install: bool) -> None:
    """Install the small ones that are not here, and name those that stay away."""
    lacking = [packages for program, (packages, _) in LANGUAGES.items() if not shutil.which(program)]
    if may_install and any(lacking):
        with contextlib.suppress(subprocess.CalledProcessError):
            install(sorted(package for packages in lacking for package in packages))
    away = [name for program, (_, name) in LANGUAGES.items() if not shutil.which(program)]
    if away:
        print(f"Not here, so their snippets for portals are not run: {', '.join(away)}", flush=True)  # noqa: T201


def main() -> int:
    lacking = missing()
    may_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if lacking and may_install:
        print(f"Installing for the tests: {', '.join(lacking.values())}", flush=True)  # noqa: T201
        install(sorted(lacking))
        lacking = missing()
    if lacking:
        print(  # noqa: T201
            f"The tests need {', '.join(lacking.values())}. On Debian: apt-get install {' '.join(sorted(lacking))}",
            file=sys.stderr,
        )
        return 1
    find_languages(may_install)
    stamp = PEERS / "node_modules" / ".installed"
    wanted = (PEERS / "package.json").read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"],
            cwd=PEERS,
            check=True,
        )
        stamp.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
