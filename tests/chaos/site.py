"""A whole site in processes of its own, each of which may be killed: simulator, Redis, web process, bridge workers."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import redis

from tests.dashboard.live import RedisServer
from tests.e2e.installation import ROOT, Installation, deadline, free_port, wait_for_http

SERIES = 11
CONFIGURATION = """
version: 1
connections:
  - name: main
    api_url: {url}
    api_key: sim-api-key
    client_id: wallboard
    client_secret: sim-client-secret
    grant: password
    username: 'tenant\\bridge'
    password: sim-password
objects:
  - {{name: sales, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
  - {{name: orders, title: Orders, connection: main, type: Queue, id: 8002@SIP_Switch}}
  - {{name: service, title: Service, connection: main, type: Queue, id: 8003@SIP_Switch}}
  - {{name: team, title: Team, connection: main, type: GroupAgents, id: Sales}}
  - {{name: maria, title: Maria L., connection: main, type: Agent, id: maria.lopez}}
  - {{name: ben, title: Ben C., connection: main, type: Agent, id: ben.carter}}
statistics:
  - {{name: waiting, title: Waiting, statistic: CurrNumberWaitingCalls, unit: count}}
  - {{name: answered, title: Answered, statistic: TotalAnswered, unit: count}}
  - {{name: state, title: State, statistic: CurrentAgentState, unit: state}}
  - name: ready-time
    title: Ready
    unit: seconds
    definition: {{category: TotalAdjustedTime, subject: DNStatus, mainMask: WaitForNextCall,
      intervalType: GrowingWindow, dynamicTimeProfile: '00:00', notificationMode: Periodical,
      notificationFrequency: 5, insensitivity: 1}}
  - name: in-queue
    title: In queue
    unit: count
    definition: {{category: CurrentNumber, subject: DNAction, mainMask: CallWait, notificationMode: Immediate,
      insensitivity: 1}}
teams:
  - {{name: floor, title: Floor}}
wallboards:
  - slug: floor
    title: Floor
    team: floor
    tiles:
      - {{kind: table, title: Queues, position: {{x: 0, y: 0, w: 12, h: 4}}, series: [
          {{statistic: waiting, object: sales}}, {{statistic: waiting, object: orders}},
          {{statistic: waiting, object: service}}, {{statistic: answered, object: sales}},
          {{statistic: answered, object: orders}}, {{statistic: in-queue, object: sales}},
          {{statistic: in-queue, object: orders}}, {{statistic: in-queue, object: service}}]}}
      - {{kind: number, title: Ready, position: {{x: 0, y: 4, w: 4, h: 2}}, series: [
          {{statistic: ready-time, object: team}}]}}
      - {{kind: agents, title: People, position: {{x: 4, y: 4, w: 8, h: 2}}, series: [
          {{statistic: state, object: maria}}, {{statistic: state, object: ben}}]}}
"""


def zone_at_noon() -> str:
    """A time zone in which it is about noon: at night nobody calls."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


class Site:
    """``connect_to`` is the address that the bridge is told; ``simulator_url`` is where the service itself listens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redis = RedisServer(folder)
        self.simulator_port = free_port()
        self.simulator_url = f"http://127.0.0.1:{self.simulator_port}"
        self.simulator: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None
        self.installation = Installation(folder, REDIS_URL=self.redis.url, PYTHONUNBUFFERED="1")
        self.log = folder / "site.log"

    def prepare(self, connect_to: str = "") -> None:
        self.redis.start()
        self.start_simulator()
        self.installation.prepare(CONFIGURATION.format(url=connect_to or self.simulator_url))

    def start_simulator(self, *, wait: bool = True) -> None:
        noon = zone_at_noon()
        size = ("--agents", "12", "--queues", "3", "--seed", "3", "--timezone", noon)
        self.simulator = self._run("manage.py", "simulator", "--port", str(self.simulator_port), *size)
        if wait:
            wait_for_http(f"{self.simulator_url}/_sim/state", self.simulator, self.log)

    def kill_simulator(self) -> None:
        assert self.simulator is not None
        self.simulator.kill()
        self.simulator.wait(10)

    def start_web(self) -> None:
        port = str(self.installation.port)
        self.web = self._run("-m", "daphne", "--bind", "127.0.0.1", "--port", port, "dashboard.asgi:application")
        wait_for_http(f"{self.installation.url}/healthz", self.web, self.log)

    def start_worker(self) -> subprocess.Popen[bytes]:
        worker = self._run("manage.py", "runworker", "statsbridge")
        self.workers.append(worker)
        return worker

    def leader(self) -> int:
        """The process id of the worker that has the lease of the only connection; 0 when there is none."""
        with redis.Redis.from_url(self.redis.url, decode_responses=True) as client:
            holders = [client.get(key) for key in client.scan_iter("wallboard:leader:*")]
        return int(str(holders[0]).split(":")[2]) if holders and holders[0] else 0

    def wait_for_leader(self, *, other_than: int = 0, seconds: float = 30) -> int:
        for _ in deadline(seconds):
            pid = self.leader()
            if pid and pid != other_than:
                return pid
        raise AssertionError(f"no worker leads:\n{self.log.read_text(errors='replace')}")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = httpx.get(f"{self.simulator_url}/_sim/state", timeout=5, trust_env=False).json()
        return state

    def chaos(self, action: str, **order: Any) -> None:
        order = {"action": action, **order}
        answer = httpx.post(f"{self.simulator_url}/_sim/chaos", json=order, timeout=5, trust_env=False)
        assert answer.status_code == 200, answer.text

    def stop(self) -> None:
        for process in (*self.workers, self.web, self.simulator):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(10)
        self.redis.stop()

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.installation.environment, "TZ": os.environ.get("TZ", "UTC")},
                stdout=output,
                stderr=output,
            )
