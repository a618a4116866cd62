"""The demo's database, static files, configuration and people. Needs the demo's environment; sets Django up."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command

from dashboard.demo.installation import Memory, Simulator
from dashboard.demo.portal import Framed

FILE = Path(__file__).with_name("demo.yaml")
ADMIN = "admin"
#: What the test portal frames: slug, view, and how it looks there.
PORTAL_BOARDS = (("sales", "floor", ""), ("overview", "lobby", "?background=transparent"))


@dataclass(frozen=True, slots=True)
class Ready:
    """What to tell the person: (title, path) of each wallboard, and how to sign in."""

    wallboards: list[tuple[str, str]]
    user: str
    password: str
    others: list[str]


def prepare(memory: Memory, simulator: Simulator) -> Ready:
    """Bring everything to where ``serve`` can start; what a person changed since the last run stays."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    _collect_static(memory)
    _configure(memory, simulator)
    return _people(memory)


def _collect_static(memory: Memory) -> None:
    """Only where a file changed: hashing and compressing takes longer than all the rest."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path)).stat()
            digest.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if memory.get("static") != digest.hexdigest() or not manifest.exists():
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        memory.keep("static", digest.hexdigest())


def _configure(memory: Memory, simulator: Simulator) -> None:
    """Apply ``demo.yaml`` where the database is new or the file is another; else only follow the simulator's port."""
    from dashboard.configfile import apply_text
    from statsbridge.models import Connection

    text = FILE.read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{simulator.timezone}\n{text}".encode()).hexdigest()
    connections = Connection.objects.filter(name="simulator")
    if memory.get("configuration") != digest or not Connection.objects.exists():
        apply_text(text, str(FILE), simulator.variables())
        # The file's wallboards know nothing of the portal.
        memory.keep("portal", None)
    elif memory.get("simulator") != simulator.url and connections.filter(api_url=memory.get("simulator")).exists():
        moved = f"version: 1\nconnections:\n  - {{name: simulator, api_url: '{simulator.url}'}}\n"
        apply_text(moved, "the simulator's port", {}, remember=False)
    memory.keep("configuration", digest)
    memory.keep("simulator", simulator.url)


def _people(memory: Memory) -> Ready:
    """An administrator and the sample members, who get the demo's word unless they have one of their own."""
    users = get_user_model()
    password = memory.get("password") or secrets.token_urlsafe(9)
    memory.keep("password", password)
    admin = users.objects.filter(username=ADMIN).first()
    if admin is None:
        admin = users.objects.create_superuser(ADMIN, password=password)
    members = (
        users.objects.filter(memberships__by_rule=False, genesys_account=None)
        .exclude(pk=admin.pk)
        .distinct()
        .order_by("username")
    )
    for member in members:
        if not member.has_usable_password():
            member.set_password(password)
            member.save()
    return Ready(
        [(board.title, board.get_absolute_url()) for board in apps.get_model("dashboard.Wallboard").objects.all()],
        ADMIN,
        password if admin.check_password(password) else "as you set it",
        [member.username for member in members if member.check_password(password)],
    )


def allow_portal(memory: Memory, origins: list[str]) -> None:
    """Let the portal frame its wallboards, once for each port: whoever takes it off the list again is obeyed."""
    from dashboard.configfile import apply_text

    before = memory.get("portal") or []
    if before == origins:
        return
    boards = apps.get_model("dashboard.Wallboard").objects.filter(slug__in=[slug for slug, _, _ in PORTAL_BOARDS])
    moved = [
        {
            "slug": board.slug,
            "allowed_origins": list(
                dict.fromkeys([*(one for one in board.allowed_origins if one not in before), *origins])
            ),
        }
        for board in boards
    ]
    text = json.dumps({"version": 1, "wallboards": moved})
    apply_text(text, "the portal's port", {}, remember=False)
    memory.keep("portal", origins)


def framed(memory: Memory) -> list[Framed]:
    """The portal's wallboards, each with a key of its team; a key that was revoked is replaced."""
    from dashboard.embed import create_key

    found = []
    keys: dict[str, list[str]] = memory.get("embed_keys") or {}
    for slug, view, look in PORTAL_BOARDS:
        board = apps.get_model("dashboard.Wallboard").objects.filter(slug=slug).select_related("team").first()
        if board is None:
            continue
        kept = keys.get(board.team.name)
        if (
            kept is None
            or not apps.get_model("dashboard.EmbedKey")
            .objects.filter(pk=kept[0], team=board.team, revoked_at=None)
            .exists()
        ):
            keys[board.team.name] = kept = list(create_key(board.team, "test portal of the demo"))
        found.append(Framed(slug, board.title, view, kept[0], kept[1], look))
    memory.keep("embed_keys", keys)
    return found


def is_live() -> bool:
    """Whether the bridge has a live link to the simulator."""
    return apps.get_model("statsbridge.LinkStatus").objects.filter(state="live").exists()


def forget_links() -> None:
    """Links of an earlier run say nothing about this one."""
    apps.get_model("statsbridge.LinkStatus").objects.all().delete()
