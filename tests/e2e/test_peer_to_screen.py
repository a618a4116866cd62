"""The whole way, from a CometD server that we did not write to a screen's socket, with real processes in between."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.installation import Installation
from tests.peers.genesys import GenesysPeer

CONFIGURATION = """
version: 1
connections:
  - name: main
    api_url: {url}
    api_key: {peer.api_key}
    client_id: {peer.client_id}
    client_secret: {peer.client_secret}
    grant: password
    username: '{peer.username}'
    password: {peer.password}
objects:
  - {{name: sales-queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}}
  - {{name: service-queue, title: Service, connection: main, type: Queue, id: 8002@SIP_Switch}}
statistics:
  - {{name: calls-waiting, title: Calls waiting, statistic: CurrNumberWaitingCalls, unit: count}}
  - {{name: no-such, title: No such statistic, statistic: NoSuchStatistic, unit: count}}
teams:
  - {{name: sales, title: Sales}}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    tiles:
      - {{kind: number, title: Waiting, series: [{{statistic: calls-waiting, object: sales-queue}}],
         position: {{x: 0, y: 0, w: 6, h: 2}}}}
      - {{kind: number, title: Refused, series: [{{statistic: no-such, object: service-queue}}],
         position: {{x: 6, y: 0, w: 6, h: 2}}}}
"""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.stop()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_value_published_at_the_cometd_server_is_on_the_screens_socket_within_a_second(
    installation: Installation, host: str
) -> None:
    async with GenesysPeer(refused=["NoSuchStatistic"]) as peer:
        url = peer.url.replace("127.0.0.1", host)
        await asyncio.to_thread(installation.prepare, CONFIGURATION.format(url=url, peer=peer))
        await asyncio.to_thread(installation.start)
        client = await asyncio.to_thread(installation.sign_in)
        async with installation.screen("sales", client.cookies["sessionid"]) as screen:
            async with asyncio.timeout(15):
                while not screen.values or screen.value_of("calls-waiting", "sales-queue")[2] != "ok":
                    await screen.read()
            refused = screen.value_of("no-such", "service-queue")
            assert refused[2] == "rejected"
            assert refused[3]
            subscription = next(
                (entry["id"], statistic["statisticId"])
                for entry in await peer.subscriptions()
                for statistic in entry["statistics"]
                if statistic["name"] == "CurrNumberWaitingCalls"
            )
            await peer.publish(*subscription, {"intValue": 4711, "stringValue": "4711"}, 2_000_000_000_000)
            async with asyncio.timeout(1):
                while screen.value_of("calls-waiting", "sales-queue")[:2] != [4711, 2_000_000_000_000]:
                    await screen.read()
        client.close()
