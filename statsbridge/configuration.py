"""What the database wants of the bridge, read into plain data that never touches the database again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from statsbridge.auth import Credentials
from statsbridge.encryption import SecretUnreadable
from statsbridge.models import Connection, Series

#: What most pre-configured statistics are notified with; their real settings are in the contact centre.
NAMED_FREQUENCY_SECONDS = 10.0


@dataclass(frozen=True)
class WantedSeries:
    """One series as the service is asked for it; ``descriptor`` is ``{"name": …}`` or ``{"definition": …}``.

    ``statistic`` is what the configuration calls it, for the log.
    """

    id: int
    unit: str
    object_type: str
    object_id: str
    descriptor: Mapping[str, Any] = field(hash=False)
    statistic: str = field(default="", compare=False)

    def __str__(self) -> str:
        called = self.statistic or self.descriptor.get("name") or self._definition.get("category", "a statistic")
        return f"{called} of {self.object_type} {self.object_id}"

    @cached_property
    def asked(self) -> str:
        """Everything that makes it another statistic when it changes, as one text."""
        return json.dumps([self.unit, self.object_type, self.object_id, self.descriptor], sort_keys=True)

    def request(self) -> dict[str, Any]:
        """Its entry in the request for a subscription."""
        return {
            "statisticId": str(self.id),
            "objectId": self.object_id,
            "objectType": self.object_type,
            **self.descriptor,
        }

    @property
    def notified(self) -> bool:
        """Whether changes are sent without asking."""
        mode = str(self._definition.get("notificationMode", "Immediate")).lower()
        return mode in ("immediate", "periodical")

    @property
    def frequency(self) -> float:
        """Seconds between two notifications at most, as far as is known."""
        if "name" in self.descriptor:
            return NAMED_FREQUENCY_SECONDS
        if str(self._definition.get("notificationMode", "")).lower() != "periodical":
            return 0.0
        return _positive(self._definition.get("notificationFrequency"), NAMED_FREQUENCY_SECONDS)

    @property
    def runs(self) -> bool:
        """Whether it is told now and then of a clock that runs on: what is read is then never what was notified."""
        return self.unit == "seconds" and self.frequency > 0

    @property
    def insensitivity(self) -> float:
        """The difference that need not be notified."""
        if "name" in self.descriptor:
            return 0.0 if self.unit == "count" else 1.0
        return _positive(self._definition.get("insensitivity"), 0.0)

    @property
    def _definition(self) -> Mapping[str, Any]:
        definition = self.descriptor.get("definition")
        return definition if isinstance(definition, Mapping) else {}


def _positive(value: Any, otherwise: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return otherwise
    return number if number >= 0 else otherwise


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """One enabled connection. ``problem`` says why it cannot be used, in words for its owner."""

    pk: int
    name: str
    statistics_url: str
    authentication_url: str
    credentials: Credentials
    proxy: str = field(default="", repr=False)
    ca_file: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Configured:
    """One connection and what is wanted of it, by series id; ``unsaved`` are the series without a stored reading."""

    settings: ConnectionSettings
    wanted: Mapping[int, WantedSeries]
    unsaved: frozenset[int] = frozenset()


def load() -> dict[int, Configured]:
    """Every enabled connection by primary key. One whose secrets cannot be decrypted is there with its problem."""
    wanted: dict[int, dict[int, WantedSeries]] = {}
    series = Series.measured().filter(monitored_object__connection__enabled=True)
    for connection, one in _wanted(series.select_related("definition", "monitored_object")):
        wanted.setdefault(connection, {})[one.id] = one
    unsaved = frozenset(series.filter(last_value=None).values_list("pk", flat=True))
    keys = Connection.objects.filter(enabled=True).values_list("pk", "name")
    return {pk: Configured(_settings(pk, name), wanted.get(pk, {}), unsaved) for pk, name in keys}


def load_settings(pk: int) -> ConnectionSettings | None:
    """One connection, enabled or not; ``None`` where there is none."""
    name = Connection.objects.filter(pk=pk).values_list("name", flat=True).first()
    return _settings(pk, name) if name is not None else None


def _wanted(series: Iterable[Series]) -> Iterable[tuple[int, WantedSeries]]:
    for one in series:
        observed = one.monitored_object
        yield (
            observed.connection_id,
            WantedSeries(
                one.pk,
                one.definition.unit,
                observed.type,
                observed.object_id,
                one.definition.descriptor(),
                one.definition.name,
            ),
        )


def _settings(pk: int, name: str) -> ConnectionSettings:
    try:
        row = Connection.objects.get(pk=pk)
    except SecretUnreadable as error:
        return ConnectionSettings(pk, name, "", "", Credentials(""), problem=str(error))
    return settings_of(row)


def settings_of(row: Connection) -> ConnectionSettings:
    """A connection as its row has it, stored or not."""
    return ConnectionSettings(
        pk=row.pk or 0,
        name=row.name,
        statistics_url=row.statistics_url,
        authentication_url=row.authentication_url,
        credentials=Credentials(
            client_id=row.client_id,
            client_secret=row.client_secret,
            grant=row.grant,
            username=row.username,
            password=row.password,
            refresh_token=row.refresh_token,
            api_key=row.api_key,
        ),
        proxy=row.proxy,
        ca_file=row.ca_file,
    )
