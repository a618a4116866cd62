"""The sample people who may sign in to the simulated services, all with the same password."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class User:
    """One account: ``name`` within the tenant, and the names of its authorities."""

    name: str
    authorities: tuple[str, ...]
    dbid: int

    def to_wire(self, tenant: str) -> dict[str, Any]:
        """``CloudUserDetails``, flat."""
        privileges = {"ROLE_SUPERVISOR": ["statistics.read"], "ROLE_ADMIN": ["statistics.read", "users.write"]}
        return {
            "authorities": [{"name": one, "privileges": privileges.get(one, [])} for one in self.authorities],
            "username": self.mail,
            "cmeUserName": self.name,
            "loginName": f"{tenant}\\{self.name}" if tenant else self.name,
            "contactCenterId": "5d0d1e4c-0000-4000-8000-000000000001",
            "dbid": self.dbid,
            "environmentId": "5d0d1e4c-0000-4000-8000-000000000002",
            "properties": {"tenantDBID": "1", "firstName": self.name.title(), "lastName": "Sample"},
        }

    @property
    def mail(self) -> str:
        return f"{self.name}@sample.example"


SAMPLE = (
    User("admin", ("ROLE_ADMIN", "ROLE_SUPERVISOR", "ROLE_AGENT"), 102),
    User("supervisor", ("ROLE_SUPERVISOR", "ROLE_AGENT"), 103),
    User("agent", ("ROLE_AGENT",), 104),
    User("guest", (), 105),
)


class Users:
    """Who there is: the user of the bridge, ``username`` as ``tenant\\user``, and the samples of the same tenant."""

    def __init__(self, username: str) -> None:
        self.tenant, _, name = username.rpartition("\\")
        bridge = User(name, ("ROLE_AGENT", "ROLE_SUPERVISOR"), 101)
        known = {one.name: one for one in SAMPLE} | {name: bridge}
        self._users = {self._login(one): one for one in known.values()}
        self.removed: set[str] = set()

    def _login(self, user: User) -> str:
        return f"{self.tenant}\\{user.name}" if self.tenant else user.name

    def find(self, login: str) -> User | None:
        """Whoever signs in with ``tenant\\user``, unless removed."""
        return None if login in self.removed else self._users.get(login)

    def names(self) -> list[tuple[str, tuple[str, ...]]]:
        """(login, authorities) of everybody."""
        return [(login, user.authorities) for login, user in self._users.items()]

    def login_of(self, name: str) -> str:
        """The login of a user by any of their names; an unknown one stays as it is."""
        for login, user in self._users.items():
            if name in (login, user.name, user.mail):
                return login
        return name

    def wire(self, login: str) -> dict[str, Any]:
        """``CloudUserDetails`` of whoever holds a token, which may be a client alone."""
        user = self._users.get(login) or User(login.rpartition(":")[2], (), 1)
        return user.to_wire(self.tenant)
