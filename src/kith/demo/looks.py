"""Saved views and customer groups: private, shared with a group, for everybody, opening first."""

from typing import Any

from kith.core import writes

from .world import World, entity

COMPANY, PERSON, TASK = "parties.company", "parties.person", "activities.task"
DEAL = "sales.opportunity"


def build(world: World) -> None:
    """Views first: a dynamic group needs one."""
    views(world)
    groups(world)


def test(field: str, op: str, value: Any = None) -> dict[str, Any]:
    """A condition."""
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def view(world: World, user: str, label: str, name: str, conditions: list[dict[str, Any]], **more: Any) -> Any:
    """A saved view of a user."""
    with world.written(world.actor(user), world.moment(world.chance.randrange(20, 100), user)) as actor:
        return writes.create_many(
            actor, entity("core.view"), [{"entity": label, "name": name, "filter": {"all": conditions}, **more}]
        )[0]


def views(world: World) -> None:
    """One that opens first for each language, some of a team, a few for everybody."""
    own_views(world)
    shared_views(world)
    working_views(world)


def own_views(world: World) -> None:
    """What each of three begins the day with."""
    active = test("status", "any", ["active", "prospect"])
    for user, whose, name, people, tasks in (
        ("nadia", "my_reports", "Accounts of my team", "People of my team", "My open tasks"),  # she leads, and has none
        ("anna", "me", "Мои компании", "Мои контакты", "Мои задачи"),
        ("lijing", "me", "我的客户", "我的联系人", "我的任务"),
    ):
        mine = test("owner", "any", [whose])
        view(
            world,
            user,
            COMPANY,
            name,
            [mine, active],
            is_default=True,
            position=1,
            columns=["name", "status", "industry", "city", "annual_revenue", "territory", "owner", "updated_at"],
        )
        view(world, user, PERSON, people, [mine], position=1, sort=["-updated_at"])
        view(
            world,
            user,
            TASK,
            tasks,
            [test("assignee", "any", ["me"]), test("status", "any", ["todo", "doing", "blocked"])],
            position=1,
            sort=["due_at"],
        )


def shared_views(world: World) -> None:
    """Companies as teams, and everybody, look at them."""
    sales = [str(world.id("groups", "sales"))]
    view(
        world,
        "nadia",
        COMPANY,
        "Key accounts by territory",
        [test("tier", "any", ["A"])],
        shape="grouped",
        group="territory",
        sort=["-annual_revenue"],
        shared_with=sales,
        position=10,
        columns=["name", "status", "industry", "city", "annual_revenue", "owner"],
    )
    view(
        world,
        "nadia",
        COMPANY,
        "Distributors and partners",
        [test("roles", "has", ["partner"])],
        is_public=True,
        position=20,
    )
    view(
        world,
        "anna",
        COMPANY,
        "Россия: действующие",
        [test("country", "any", ["RU"]), test("status", "any", ["active"])],
        shared_with=[str(world.id("groups", "russia"))],
        position=10,
    )
    view(
        world,
        "lijing",
        COMPANY,
        "华东重点客户",
        [test("territory", "any", [str(world.id("territories", "east"))]), test("tier", "any", ["A", "B"])],
        shared_with=[str(world.id("groups", "china"))],
        position=10,
    )


def working_views(world: World) -> None:
    """What is to be done."""
    view(
        world,
        "erik",
        COMPANY,
        "Changed in the last 30 days",
        [test("updated_at", "last", "30 days")],
        sort=["-updated_at"],
        position=5,
    )
    view(
        world,
        "grace",
        TASK,
        "Overdue, whole service",
        [test("due_at", "before", "today"), test("status", "any", ["todo", "doing"])],
        shared_with=[str(world.id("groups", "service"))],
        sort=["due_at"],
    )


def groups(world: World) -> None:
    """Groups by hand, one in the other, and one by a view."""
    mills = view(
        world,
        "nadia",
        COMPANY,
        "Paper mills",
        [test("industry", "any", [str(world.id("industries", "paper"))])],
        is_public=True,
        position=30,
    )
    label = entity("parties.partygroup")
    with world.written(world.actor("nadia"), world.moment(90, "nadia"), kind="bulk") as actor:
        key, plan, _mills = (
            writes.create_many(
                actor, label, [{"name": "Customers 2026", "description": "Everybody we invite in 2026"}]
            )[0],
            writes.create_many(actor, label, [{"name": "Service plan A"}])[0],
            writes.create_many(actor, label, [{"name": "Paper mills", "kind": "dynamic", "view": mills.pk}])[0],
        )
        inner = writes.create_many(
            actor, label, [{"name": "Key 2026", "parent": key.pk}, {"name": "Users' day Hamburg", "parent": key.pk}]
        )
        large = [
            customer.record.pk
            for customer in world.customers
            if customer.firm.tier == "A" and customer.owner in ("nadia", "erik", "jonas", "marc")
        ]
        guests = [customer.contacts[0].record.pk for customer in world.customers[:40:3] if customer.contacts]
        serviced = [customer.record.pk for customer in world.customers[::7] if customer.country.texts == "en"]
        rows = [(inner[0].pk, large), (inner[1].pk, guests), (plan.pk, serviced)]
        writes.create_many(
            actor,
            entity("parties.partygroupmember"),
            [{"group": group, "party": party} for group, parties in rows for party in parties],
        )
    regional(world, "anna", "Ключевые клиенты 2026")
    regional(world, "lijing", "2026年重点客户")


def regional(world: World, lead: str, name: str) -> None:
    """The key accounts of a region."""
    with world.written(world.actor(lead), world.moment(80, lead), kind="bulk") as actor:
        group = writes.create_many(actor, entity("parties.partygroup"), [{"name": name}])[0]
        texts = {"anna": "ru", "lijing": "zh"}[lead]
        members = [
            customer.record.pk
            for customer in world.customers
            if customer.firm.tier == "A" and customer.country.texts == texts
        ]
        writes.create_many(
            actor, entity("parties.partygroupmember"), [{"group": group.pk, "party": party} for party in members]
        )
