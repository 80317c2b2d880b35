"""The users of the benchmark: salespeople in teams and departments, and one to measure at each level of rights."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from kith.core import store, tokens, writes
from kith.core.access import SYSTEM
from kith.core.changes import maintenance
from kith.core.entity import OPERATIONS, registry

LEVELS = ("own", "team", "unit", "all")
TEAMS, TEAM_SIZE, DIVISIONS = 20, 10, 4


@dataclass(frozen=True, slots=True)
class Crew:
    """Everybody: ids of the salespeople and the department of each; e-mails and API tokens of the measured ones by level."""

    owners: tuple[UUID, ...]
    units: dict[UUID, UUID]
    mails: dict[str, str]
    ids: dict[str, UUID]


def make(label: str, rows: list[dict[str, Any]]) -> list[Any]:
    """Create records as Kith itself."""
    return writes.create_many(SYSTEM, registry.get(label), rows)


def build(password: str) -> Crew:
    """Departments in divisions, teams, salespeople; the first of the first team is measured, once for each level."""
    whole = make("people.orgunit", [{"name": "Benchmark", "kind": "company"}])[0]
    divisions = make(
        "people.orgunit", [{"name": f"Division {n}", "kind": "division", "parent": whole.pk} for n in range(DIVISIONS)]
    )
    units = make(
        "people.orgunit", [{"name": f"Department {n}", "parent": divisions[n % DIVISIONS].pk} for n in range(TEAMS)]
    )
    groups = make("access.group", [{"name": f"Team {n}", "is_team": True} for n in range(TEAMS)])
    sellers = make(
        "access.user",
        [
            {"name": f"Seller {n}", "email": f"seller{n}@bench.example", "org_unit": units[n // TEAM_SIZE].pk}
            for n in range(TEAMS * TEAM_SIZE)
        ],
    )
    make(
        "access.groupmember",
        [{"group": groups[n // TEAM_SIZE].pk, "user": seller.pk} for n, seller in enumerate(sellers)],
    )
    measured = {"own": sellers[0], "team": sellers[1], "unit": sellers[2], "all": sellers[3]}
    head = [row.pk for row in (sellers[2],)]
    writes.update_many(SYSTEM, registry.get("access.user"), head, {"org_unit": divisions[0].pk})
    roles = {level: role(level) for level in LEVELS}
    make("access.rolegrant", [{"role": roles[level], "user": user.pk} for level, user in measured.items()])
    give_password([user.pk for user in measured.values()], password)
    return Crew(
        tuple(seller.pk for seller in sellers), {seller.pk: units[n // TEAM_SIZE].pk for n, seller in enumerate(sellers)},
        {level: user.email for level, user in measured.items()}, {level: user.pk for level, user in measured.items()},
    )  # fmt: skip


def role(level: str) -> UUID:
    """A role that gives every operation at one level."""
    made = make("access.role", [{"name": f"Bench {level}"}])[0]
    rules = [
        {
            "role": made.pk,
            "entity": "*",
            "operation": operation,
            "level": "all" if operation in ("create", "import") else level,
        }
        for operation in OPERATIONS
        if operation != "sensitive"
    ]
    make("access.policyrule", rules)
    return UUID(str(made.pk))


def give_password(keys: list[UUID], password: str) -> None:
    """Let these users sign in."""
    users = list(registry.get("access.user").rows(SYSTEM).filter(pk__in=keys))
    encoded = make_password(password)
    with maintenance("bench"):
        for user in users:
            user.password = encoded
        store.update(type(users[0]), users, {"password"})


def token(user: UUID) -> str:
    """A fresh API token with every scope."""
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(
        user_id=user, name="bench", shown=secret[:12], digest=tokens.digest(secret), scopes=["*"]
    )
    return secret
