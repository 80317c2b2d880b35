"""Notes about what was said, tasks late, due today and planned, for every user."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from kith.core import writes

from .data.own import USERS
from .world import TEXTS, Contact, Customer, World, entity

ASSISTANTS = {
    "nadia": "grace",
    "erik": "grace",
    "jonas": "nadia",
    "marc": "grace",
    "anna": "igor",
    "igor": "anna",
    "lijing": "wanglei",
    "wanglei": "lijing",
}
#: Who gives tasks to those who may not write any themselves.
GIVERS = {"sofia": "nadia", "priya": "nadia"}
#: Days from today of the open tasks of each user, and days ago of those that are done.
OPEN, DONE = (-6, -2, 0, 0, 0, 1, 2, 5, 9), (3, 8, 15)


def build(world: World) -> None:
    """Notes, then tasks."""
    for number, contact in enumerate(world.contacts):
        if number % 2 == 0:
            note(world, contact, number)
    for user in USERS:
        tasks(world, user[0])


def about(record: Any, label: str) -> dict[str, Any]:
    """A reference to a record."""
    return {"entity": label, "id": str(record.pk)}


def note(world: World, contact: Contact, number: int) -> None:
    """A note about a company or one of its people; colleagues that are mentioned get to know it."""
    customer, owner = contact.customer, contact.customer.owner
    text = customer.texts.NOTES[number // 2 % len(customer.texts.NOTES)]
    mentioned = ASSISTANTS[owner] if "{mention}" in text else ""
    names = {row[0]: row[1] for row in USERS}
    subject = about(contact.record, "parties.person") if number % 3 == 0 else about(customer.record, "parties.company")
    values = {
        "text": text.format(person=contact.record.name, city=customer.city.name, mention=f"@{names[mentioned]}" if mentioned else ""), "subject": subject,
        "mentions": [str(world.id("users", mentioned))] if mentioned else [], "pinned": number % 34 == 0,
    }  # fmt: skip
    author = "grace" if number % 22 == 8 else owner
    world.plan(world.chance.triangular(0, 120, 4), author, partial(written_down, world, author, values))


def written_down(world: World, author: str, values: dict[str, Any], at: dt.datetime) -> None:
    """Write a note."""
    with world.written(world.actor(author), at) as actor:
        writes.create_many(actor, entity("activities.note"), [values])


def tasks(world: World, user: str) -> None:
    """The tasks of one user: open ones, and some that are done."""
    giver = GIVERS.get(user, user)
    with world.written(world.actor(giver), world.moment(world.chance.randrange(8, 20), giver), kind="bulk") as actor:
        made = writes.create_many(
            actor, entity("activities.task"), list(planned(world, user, [*OPEN, *(-day for day in DONE)]))
        )
    finished = {task.pk: world.chance.choice(spoken(user).RESULTS) for task in made[len(OPEN) :]}
    with world.written(world.actor(giver), world.moment(1, giver), kind="bulk") as actor:
        writes.update_many(
            actor, entity("activities.task"), finished, lambda task: {"status": "done", "result": finished[task.pk]}
        )


def spoken(user: str) -> Any:
    """The texts in the language of a user."""
    return TEXTS[next(row[3] for row in USERS if row[0] == user)[:2]]


def planned(world: World, user: str, days: list[int]) -> Iterator[dict[str, Any]]:
    """Tasks that are due so many days from today."""
    customers = [customer for customer in world.customers if customer.owner == user and customer.contacts]
    if user == "grace":
        customers = [customer for customer in world.customers if customer.firm.tier == "A"]
    for place, day in enumerate(days):
        customer = world.chance.choice(customers[:1] if place == 2 else customers) if customers else None
        due = world.clock(day, user, 9 + place % 8, place * 15 % 60)
        yield {
            "assignee": str(world.id("users", user)),
            "due_at": due.isoformat(),
            "status": "doing" if place == 3 else "todo",
            **task(world, user, customer, place),
        }


def task(world: World, user: str, customer: Customer | None, place: int) -> dict[str, Any]:
    """What is to be done: about a customer, or in the house."""
    if customer is None:
        name, kind, priority = spoken(user).INTERNAL[place % len(spoken(user).INTERNAL)]
        return {"name": name, "kind": kind, "priority": priority}
    contact = world.chance.choice(customer.contacts)
    name, kind, priority = spoken(user).TASKS[(place + world.chance.randrange(3)) % len(spoken(user).TASKS)]
    subject = (
        about(contact.record, "parties.person") if "{person}" in name else about(customer.record, "parties.company")
    )
    steps = [
        {"text": text.format(person=contact.record.name, company=customer.firm.name), "done": index == 0}
        for index, (text, _kind, _priority) in enumerate(spoken(user).TASKS[1:4])
    ]
    return {
        "name": name.format(person=contact.record.name, company=customer.firm.name), "kind": kind, "priority": priority, "subject": subject,
        **({"checklist": steps} if place == 4 else {}),
    }  # fmt: skip
