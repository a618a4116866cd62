"""Sample configuration for the tests of this folder, and short ways to apply it."""

from collections.abc import Mapping

import pytest

from dashboard.configfile import ConfigurationRefused, Outcome, apply_text

ENVIRONMENT = {
    "SAMPLE_API_KEY": "sample-api-key",
    "SAMPLE_SECRET": "sample-client-secret",
    "SAMPLE_PASSWORD": "sample-password",
    "SAMPLE_HOST": "gws.example.com",
}

SAMPLE = r"""
version: 1
connections:
  - name: main
    api_url: https://${SAMPLE_HOST}
    api_key: ${SAMPLE_API_KEY}
    client_id: wallboard
    client_secret: ${SAMPLE_SECRET}
    grant: password
    username: 'tenant\bridge'
    password: ${SAMPLE_PASSWORD}
    timezone: Europe/Berlin
objects:
  - {name: sales-queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}
  - {name: orders-queue, title: Orders, connection: main, type: Queue, id: 8002@SIP_Switch}
  - {name: maria, title: Maria L., connection: main, type: Agent, id: maria.lopez, tags: [voice], teams: [sales]}
statistics:
  - name: calls-waiting
    title: Calls waiting
    statistic: CurrNumberWaitingCalls
    unit: count
    decimals: 0
    thresholds: {direction: above, warning: 5, critical: 10, clear: 1, hold: 10}
  - name: ready-time
    title: Ready time
    definition:
      {category: TotalAdjustedTime, subject: DNStatus, mainMask: WaitForNextCall, intervalType: SlidingWindow,
       dynamicTimeProfile: 3600:10, notificationMode: Periodical, notificationFrequency: 10, insensitivity: 1}
    unit: seconds
  - {name: agent-state, title: State, statistic: CurrentAgentState, unit: state}
teams:
  - name: sales
    title: Sales
    members: [{username: maria, role: editor}, {username: ben, role: viewer}]
  - {name: service, title: Service}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    shared_with: [service]
    timezone: Europe/Berlin
    allowed_origins: ["https://portal.example.com"]
    opening_hours: ["mon-fri 08:00-20:00", "sat 10:00-16:00"]
    sound: true
    quiet_hours: ["daily 20:00-08:00"]
    tiles:
      - {kind: number, title: Waiting, series: [{statistic: calls-waiting, object: sales-queue}],
         position: {x: 0, y: 0, w: 3, h: 2}, goal: 3, thresholds: {direction: above, warning: 3, critical: 8}}
      - {kind: trend, title: "Waiting, last hour", window: 30,
         series: [{statistic: calls-waiting, object: sales-queue}, {statistic: calls-waiting, object: orders-queue}],
         position: {x: 3, y: 0, w: 6, h: 2}}
      - {id: people, kind: agents, series: [{statistic: agent-state, object: maria}],
         position: {x: 0, y: 2, w: 6, h: 2}, limits: {NotReadyForNextCall: 600}}
      - {kind: text, text: "**Sample** news: the $${PLACEHOLDER} stays", position: {x: 6, y: 2, w: 3, h: 2}}
rotations:
  - {slug: hall, title: Entrance hall, team: service, steps: [{wallboard: sales, seconds: 20}, {wallboard: sales}]}
"""


def apply(text: str = SAMPLE, environment: Mapping[str, str] = ENVIRONMENT, **options: bool) -> Outcome:
    return apply_text(text, "wallboard.yaml", environment, **options)


def refusal(text: str, environment: Mapping[str, str] = ENVIRONMENT, **options: bool) -> list[str]:
    """The lines with which ``text`` is refused."""
    with pytest.raises(ConfigurationRefused) as caught:
        apply(text, environment, **options)
    return list(caught.value.lines)


def line_of(text: str, part: str) -> int:
    """The number of the first line that holds ``part``."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)
