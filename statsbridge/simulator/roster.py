"""Who and what works in the simulated contact centre: sample names, made for a size, the same ones every time.

``build_roster(agents, queues)`` is pure. All names are invented samples.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

SWITCH = "SIP_Switch"
TEAMS = ("Sales", "Service")
ALL_AGENTS = "All_Agents"
ALL_QUEUES = "All_Queues"
ALL_PLACES = "All_Places"
CHAT_QUEUE = "Chat_Inbound"
EMAIL_QUEUE = "Email_Inbound"

FIRST_NAMES = (
    *("Maria", "Ben", "Aisha", "Jonas", "Priya", "Lucas", "Emma", "Omar", "Sofia", "Noah", "Mei", "Daniel", "Chloe"),
    *("Ivan", "Grace", "Mateo", "Hannah", "Kofi", "Julia", "Felix", "Zoe", "Samuel", "Nina", "Tomas", "Laura", "Amir"),
    *("Elena", "Oscar", "Ruth", "Viktor", "Clara", "Diego", "Ingrid", "Paul", "Yara", "Simon", "Lena", "Marco"),
    *("Freya", "Adam"),
)
LAST_NAMES = (
    *("Lopez", "Carter", "Khan", "Weber", "Patel", "Moreau", "Olsen", "Haddad", "Rossi", "Murphy", "Chen", "Novak"),
    *("Dubois", "Petrov", "Mensah", "Garcia", "Schmidt", "Asante", "Kowalska", "Braun", "Martin", "Okafor", "Larsen"),
    *("Horvat", "Silva", "Rahimi", "Popescu", "Lind", "Cohen", "Sokolov", "Keller", "Alvarez", "Berg", "Walker"),
    *("Nasser", "Fischer", "Vogel", "Bianchi", "Hansen", "Clark"),
)
# Which team answers which queue.
QUEUES = (
    ("Sales", "Sales"),
    ("Orders", "Sales"),
    ("Service", "Service"),
    ("Billing", "Service"),
    ("Support", "Service"),
    ("VIP", "Sales"),
)
MORE_QUEUES = ("Renewals", "Returns", "Delivery", "Accounts", "Upgrades", "Warranty", "Partners", "Complaints")
ROUTE_POINTS = ("Sales line", "Service line", "Support line")


@dataclass(frozen=True, slots=True)
class Agent:
    """``employee_id`` is the object id; the agent sits at ``place`` with one voice DN and maybe chat and e-mail."""

    employee_id: str
    name: str
    team: str
    login_id: str
    media: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"Place_{self.login_id}"

    @property
    def dn(self) -> str:
        return f"{self.login_id}@{SWITCH}"


@dataclass(frozen=True, slots=True)
class Queue:
    """A virtual queue; callers reach it over ``route_point``. Both ids are number@switch."""

    object_id: str
    title: str
    team: str
    route_point: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One object as ``/_sim/state`` lists it."""

    type: str
    object_id: str
    title: str


@dataclass(frozen=True)
class Roster:
    agents: tuple[Agent, ...]
    queues: tuple[Queue, ...]
    route_points: tuple[tuple[str, str], ...]  # (id, title)

    def team(self, name: str) -> tuple[Agent, ...]:
        """The members of an agent group, by its name; every agent for ``All_Agents``."""
        return tuple(agent for agent in self.agents if name in (agent.team, ALL_AGENTS))

    @cached_property
    def objects(self) -> tuple[Listed, ...]:
        """Every object that statistics may be asked of."""
        return (
            *(Listed("Agent", agent.employee_id, agent.name) for agent in self.agents),
            *(Listed("GroupAgents", team, team) for team in TEAMS),
            Listed("GroupAgents", ALL_AGENTS, "All agents"),
            *(Listed("Queue", queue.object_id, queue.title) for queue in self.queues),
            Listed("GroupQueues", ALL_QUEUES, "All queues"),
            *(Listed("RoutePoint", object_id, title) for object_id, title in self.route_points),
            *(Listed("AgentPlace", agent.place, f"{agent.name}'s place") for agent in self.agents),
            Listed("GroupPlaces", ALL_PLACES, "All places"),
            *(Listed("RegDN", agent.dn, f"{agent.name}'s extension") for agent in self.agents),
            Listed("StagingArea", CHAT_QUEUE, "Chat"),
            Listed("StagingArea", EMAIL_QUEUE, "E-mail"),
        )


def _names(count: int) -> list[tuple[str, str]]:
    """The first ones pair the two lists one to one; beyond them each further round shifts the last names."""
    size = len(FIRST_NAMES)
    rounds = product(range(-(-count // size)), range(size))
    return [(FIRST_NAMES[i], LAST_NAMES[(i + shift * 7) % size]) for shift, i in rounds][:count]


def _employee_id(first: str, last: str, taken: set[str]) -> str:
    base = f"{first}.{last}".lower()
    employee_id, number = base, 2
    while employee_id in taken:
        employee_id, number = f"{base}{number}", number + 1
    taken.add(employee_id)
    return employee_id


def _media(index: int) -> tuple[str, ...]:
    chat = ("chat",) if index % 4 in (2, 3) and index % 8 < 4 else ()
    email = ("email",) if index % 8 in (3, 4) else ()
    return ("voice", *chat, *email)


def build_roster(agents: int = 40, queues: int = 6) -> Roster:
    """A centre of that size: teams take turns, so the first agents of a larger one are those of a smaller one.

    Raises ``ValueError`` for fewer than two agents or no queue.
    """
    if agents < 2 or queues < 1:
        raise ValueError("The simulated contact centre needs at least 2 agents and 1 queue.")
    taken: set[str] = set()
    people = tuple(
        Agent(_employee_id(first, last, taken), f"{first} {last}", TEAMS[i % 2], str(5001 + i), _media(i))
        for i, (first, last) in enumerate(_names(agents))
    )
    lines = []
    for i in range(queues):
        if i < len(QUEUES):
            title, team = QUEUES[i]
        else:
            title, team = f"{MORE_QUEUES[i % len(MORE_QUEUES)]} {i - len(QUEUES) + 1}", TEAMS[i % 2]
        lines.append(Queue(f"{8001 + i}@{SWITCH}", title, team, f"{9001 + i // 2}@{SWITCH}"))
    points = tuple(
        (f"{9001 + i}@{SWITCH}", ROUTE_POINTS[i] if i < len(ROUTE_POINTS) else f"Line {i + 1}")
        for i in range(-(-queues // 2))
    )
    return Roster(people, tuple(lines), points)
