"""The demo, started for real on free ports in a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import jwt
import pytest

from dashboard.demo.__main__ import welcome
from dashboard.demo.children import Child
from dashboard.demo.data import Ready
from dashboard.demo.installation import ROOT, DemoFailed, Memory, Simulator, require_free

START_SECONDS = 120.0
PORTAL = "http://127.0.0.1:8010"
#: What is in the clone's folder of data before a demo is started in it.
INSTALLATION = {"wallboard.sqlite3": "an own database", "static/staticfiles.json": "own files"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def exists(pid: int) -> bool:
    """Whether the process runs; one that ended and was not collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(entry.parent.name))
    return found


class Run:
    def __init__(self, folder: Path, port: int, simulator_port: int, portal_port: int) -> None:
        self.port, self.simulator_port, self.portal_port = port, simulator_port, portal_port
        self.output = folder.parent / f"output-{port}-{time.monotonic_ns()}"
        environment = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
        with self.output.open("wb") as stream:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "dashboard.demo"),
                    *(f"--port={port}", f"--simulator-port={simulator_port}", f"--portal-port={portal_port}"),
                ],
                cwd=ROOT,
                env={**environment, "VAR_DIR": str(folder)},
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            assert self.process.poll() is None, self.printed
            return "Ctrl-C ends the demo" in self.printed

        until(ready, START_SECONDS, "the demo does not come up")

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@contextmanager
def demo(folder: Path, port: int | None = None, simulator_port: int | None = None) -> Iterator[Run]:
    run = Run(folder, port or free_port(), simulator_port or free_port(), free_port())
    try:
        run.wait_until_ready()
        yield run
    finally:
        if run.process.poll() is None:
            run.end()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests of this module, with an installation in it: the first start is the long one."""
    var = tmp_path_factory.mktemp("demo") / "var"
    (var / "static").mkdir(parents=True)
    for name, text in INSTALLATION.items():
        (var / name).write_text(text, encoding="utf-8")
    return var


def test_it_prints_pages_that_answer_and_a_sign_in_that_works(folder: Path) -> None:
    with demo(folder) as run, httpx.Client(base_url=f"http://127.0.0.1:{run.port}", trust_env=False) as client:
        urls = re.findall(rf"http://127\.0\.0\.1:{run.port}(/\S+)", run.printed)
        assert [url for url in urls if url.startswith("/wallboards/")] == [
            f"/wallboards/{slug}/" for slug in ("overview", "sales", "service")
        ]
        page = client.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        user, password = re.search(r"Sign in as +(\S+)\s+Password +(\S+)", run.printed).groups()  # type: ignore[union-attr]
        assert token
        client.post("/accounts/login/", data={"username": user, "password": password, "csrfmiddlewaretoken": token[1]})
        for url in urls:
            assert client.get(url).status_code == 200, url
        assert client.get("/readyz").json()["ok"]
        assert httpx.get(f"http://127.0.0.1:{run.simulator_port}/_sim/state", trust_env=False).json()["subscriptions"]
        kept = folder / "demo" / "demo.json"
        assert kept.stat().st_mode & 0o077 == 0
        assert key_of(run) in kept.read_text(encoding="utf-8")
        assert run.end() == 0
    assert "The demo has ended" in run.printed
    assert not any(word in (folder / "demo" / "serve.log").read_text(encoding="utf-8") for word in ("Traceback",))


def test_a_second_run_keeps_the_data_and_what_was_changed_and_starts_soon(folder: Path) -> None:
    change = "from dashboard.models import Wallboard; Wallboard.objects.filter(slug='sales').update(title='Our floor')"
    with demo(folder) as run:
        first, key, first_portal = run.printed, key_of(run), run.portal_port
        of_this_demo = {"VAR_DIR": str(folder / "demo"), "SECRET_KEY_FILE": str(folder / "demo" / "secret-key")}
        changed = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", change],
            cwd=ROOT, capture_output=True, text=True, env={**os.environ, **of_this_demo},
        )  # fmt: skip
        assert changed.returncode == 0, changed.stderr
        children = children_of(run.process.pid)
        assert len(children) == 2
        assert run.end(signal.SIGTERM) == 0
        assert not any(exists(child) for child in children)
    with demo(folder) as run:
        # Other ports than before: the connection follows the simulator, and the boards the portal.
        assert key_of(run) == key
        policy = httpx.get(f"http://127.0.0.1:{run.port}/embed/sales/", trust_env=False).headers[
            "content-security-policy"
        ]
        assert f" http://127.0.0.1:{run.portal_port} " in policy
        assert str(first_portal) not in policy
        assert "Our floor" in run.printed
        assert re.findall(r"Password +\S+", run.printed) == re.findall(r"Password +\S+", first)
        assert httpx.get(f"http://127.0.0.1:{run.port}/readyz", trust_env=False).json()["ok"]
        children = children_of(run.process.pid)
        run.process.kill()
        run.process.wait(10)
        until(lambda: not any(exists(child) for child in children), 20, "children outlive their parent")


def key_of(run: Run) -> str:
    """The id of the key with which the portal signs."""
    token = httpx.get(f"http://127.0.0.1:{run.portal_port}/token?board=sales", trust_env=False).text
    return str(jwt.get_unverified_header(token)["kid"])


def test_a_child_that_dies_is_named_and_the_other_one_is_ended(folder: Path) -> None:
    with demo(folder) as run:
        simulator, serve = sorted(children_of(run.process.pid))
        os.kill(simulator, signal.SIGKILL)
        assert run.process.wait(30) == 1
        told = run.printed.partition("“simulator” ended by itself (status -9). ")[2]
        assert told.startswith(f"It logged nothing in {folder / 'demo' / 'simulator.log'}.")
        assert not exists(serve)


def test_a_child_that_fails_is_told_with_its_last_fifteen_log_lines_only(tmp_path: Path) -> None:
    code = "print('roster\\n' * 80); raise SystemExit('\\n'.join(f'line {n} ' + 'x' * 400 for n in range(40)))"
    child = Child("shell", ["-v0", "-c", code], tmp_path)
    try:
        child.process.wait(60)
        with pytest.raises(DemoFailed, match=r"“shell” ended by itself \(status 1\)") as failed:
            child.require_alive()
    finally:
        child.end()
    lines = str(failed.value).splitlines()[1:]
    assert [line.split()[1] for line in lines] == [str(number) for number in range(25, 40)]
    assert max(map(len, lines)) < 310


def test_an_installation_in_the_same_clone_is_left_alone(folder: Path) -> None:
    own = folder / "demo"
    assert (own / "wallboard.sqlite3").stat().st_mode & 0o077 == 0
    assert (own / "static" / "staticfiles.json").exists()
    assert {name: (folder / name).read_text(encoding="utf-8") for name in INSTALLATION} == INSTALLATION
    assert {path.name for path in folder.iterdir()} == {"wallboard.sqlite3", "static", "demo"}


def test_long_titles_keep_clear_of_their_addresses() -> None:
    ready = Ready([("Customer service, overview", "/wallboards/x/")], "admin", "word", [])
    text = welcome("http://127.0.0.1:8000", ready, PORTAL, Simulator(8090), Path("var"))
    assert "  Customer service, overview  http://127.0.0.1:8000/wallboards/x/\n" in text
    assert "  Administration              http://127.0.0.1:8000/admin/\n" in text
    assert "  Test portal                 http://127.0.0.1:8010/\n" in text


def test_it_says_what_the_simulator_takes() -> None:
    simulator = Simulator(8090)
    text = welcome("http://127.0.0.1:8000", Ready([], "admin", "word", []), PORTAL, simulator, Path("var"))
    words = text.partition("The simulated contact centre, with sample credentials:")[2].split()
    assert {simulator.url, *simulator.sign_in().values()} <= set(words)


@pytest.mark.parametrize("name", ["PORT", "SIMULATOR_PORT", "PORTAL_PORT"])
def test_a_port_in_use_is_named_with_the_variable_that_moves_it(name: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"PORT": free_port(), "SIMULATOR_PORT": free_port(), "PORTAL_PORT": free_port()} | {name: port}
        run = Run(tmp_path / "var", *ports.values())
        assert run.process.wait(60) == 1
    assert f"{name}: port {port} is in use. Choose another one: make demo {name}={port + 1}" in run.printed


def test_a_free_port_is_fine() -> None:
    require_free(free_port(), "PORT")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(DemoFailed, match="is in use"):
        require_free(taken.getsockname()[1], "PORT")


def test_what_it_remembers_is_for_its_owner_only(tmp_path: Path) -> None:
    Memory(tmp_path).keep("password", "sample")
    assert Memory(tmp_path).get("password") == "sample"
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0
