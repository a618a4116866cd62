"""What the tests about portals happen in: an installation, what feeds it, and a portal that may show its board."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from statsbridge.simulator.server import SimulatorServer
from tests.browser.portal import Portal
from tests.chaos.site import zone_at_noon
from tests.e2e.installation import Installation

CONFIGURATION = """
version: 1
connections:
  - {{name: main, api_url: "{url}", api_key: sim-api-key, client_id: wallboard, client_secret: sim-client-secret,
     username: 'tenant\\bridge', password: sim-password}}
objects:
  - {{name: queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
  - {{name: team, title: Sales team, connection: main, type: GroupAgents, id: {team}}}
{agents}
statistics:
  - {{name: waiting, title: Waiting, statistic: CurrNumberWaitingCalls}}
  - {{name: ready, title: Ready, statistic: CurrNumberReadyAgents}}
  - {{name: state, title: State, statistic: CurrentAgentState, unit: state}}
  - {{name: states, title: States, statistic: CurrentGroupState, unit: state}}
teams:
  - {{name: floor, title: Floor}}
wallboards:
  - slug: floor
    title: The floor
    team: floor
    allowed_origins: {origins}
    tiles:
      - {{id: waiting, kind: number, title: Waiting, position: {{x: 0, y: 0, w: 4, h: 2}}, series: [
          {{statistic: waiting, object: queue}}]}}
      - {{id: states, kind: donut, title: States, position: {{x: 4, y: 0, w: 4, h: 2}}, series: [
          {{statistic: states, object: team}}]}}
      - {{id: hour, kind: trend, title: Last hour, position: {{x: 8, y: 0, w: 4, h: 2}}, series: [
          {{statistic: waiting, object: queue}}]}}
      - {{id: members, kind: agents, title: Team, position: {{x: 0, y: 2, w: 6, h: 4}}, series: [
          {{statistic: states, object: team}}]}}
      - {{id: people, kind: agents, title: People, position: {{x: 6, y: 2, w: 6, h: 4}}, series: {people}}}
"""


PASSWORD = "sample-password-1"
#: What a new installation is made with, in one process; prints the embed key.
BEGIN = """
import os
from django.core.management import call_command
call_command("applyconfig", os.environ["CONFIGURATION"])
call_command("createsuperuser", interactive=False, username="admin", email="admin@example.com", verbosity=0)
call_command("embedkey", "create", team="floor")
"""


@dataclass
class Place:
    """Where everything runs, for all tests of this module."""

    installation: Installation
    simulator: SimulatorServer
    portal: Portal

    def names(self) -> set[str]:
        """What the contact centre and the configuration call people, in lower case."""
        agents = self.simulator.roster.agents
        return {one.lower() for a in agents for one in (*a.name.split(), a.employee_id, a.place, a.dn)}


def configuration(simulator: SimulatorServer, portal: Portal) -> str:
    agents = simulator.roster.agents
    objects = "\n".join(
        f"  - {{name: agent-{n}, title: {a.name}, connection: main, type: Agent, id: {a.employee_id}}}"
        for n, a in enumerate(agents)
    )
    people = [{"statistic": "state", "object": f"agent-{n}"} for n in range(len(agents))]
    origins = [portal.origin(), portal.origin("127.0.0.1")]
    return CONFIGURATION.format(
        url=simulator.url, team=agents[0].team, agents=objects, people=json.dumps(people), origins=json.dumps(origins)
    )


@contextlib.asynccontextmanager
async def built_place(folder: Path) -> AsyncIterator[Place]:
    """A new installation, fed by a simulator of its own, with a portal that may show its board."""
    file = folder / "configuration.yaml"
    own = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD, "CONFIGURATION": str(file)}
    installation = Installation(folder, **own)
    await asyncio.to_thread(installation.begin)
    async with SimulatorServer(seed=3, agents=12, queues=2, timezone=zone_at_noon()) as simulator, Portal() as portal:
        file.write_text(configuration(simulator, portal), encoding="utf-8")
        told = await asyncio.to_thread(installation.manage, "shell", "-v0", "-c", BEGIN)
        made = json.loads(told.splitlines()[-1])
        portal.site, portal.key = installation.url, (made["id"], made["secret"])
        try:
            await asyncio.to_thread(installation.start)
            yield Place(installation, simulator, portal)
        finally:
            await asyncio.to_thread(installation.stop)
