"""The data set: rows made by the same code as every write (search words, sort keys, match keys, ledger), stored by COPY.

Values are made valid here, so they are not checked again, and a card gets what its parts would give it right away.
Large sets are copies of fewer batches (`press`, `mould`); `share` says how many rows have to be written for so many.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import batched, cycle, islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from kith.core.access import SYSTEM, actor_of
from kith.core.batch import Batch, Item
from kith.core.changes import change_set
from kith.core.context import through
from kith.core.entity import registry
from kith.core.events import OutboxEvent
from kith.core.following import active, follow
from kith.core.ledger import AuditEvent, Entry, Op
from kith.core.money import Money
from kith.core.store import insert_plain
from kith.core.types import Ref

from . import mould, names
from .press import Press
from .users import Crew

BATCH = 1000
DAYS = 900
INDUSTRIES = ("Paper", "Food", "Energy", "Marine", "Pharma", "Metals", "Chemicals", "Optics", "Water", "Machinery")
TITLES = {
    "en": ("Managing director", "Buyer", "Engineer", "Quality manager"),
    "ru": ("Директор", "Закупщик", "Инженер", "Начальник ОТК"),
    "zh": ("总经理", "采购", "工程师", "质量经理"),
}
TEXTS = {
    "en": (
        "Called about the delivery of sensors; they want a discount of 5 %.",
        "Visited the plant, the gauge drifts, sends drawings.",
        "Asked for certificates of the last three years.",
    ),
    "ru": (
        "Звонил по поставке датчиков, просят скидку 5 %.",
        "Был на заводе, прибор врёт, пришлют чертежи.",
        "Просят свидетельства о поверке за три года.",
    ),
    "zh": ("电话沟通传感器交货，要求折扣。", "走访工厂，测量仪漂移，会寄图纸。", "索要近三年的校准证书。"),
}
Say = Callable[[str], None]
Further = Sequence[tuple[str, Callable[["Data"], None]]]


@dataclass(slots=True)
class Site:
    """What later rows need to know of a company."""

    id: UUID
    language: str
    owner: UUID
    city: str
    country: str


@dataclass(slots=True)
class Data:
    """What has been made."""

    crew: Crew
    press: Press = field(default_factory=lambda: Press(None))
    sites: list[Site] = field(default_factory=list)
    people: list[tuple[UUID, str, UUID]] = field(default_factory=list)

    def share(self, count: int) -> int:
        """How many rows are written so that there are at least `count` with their copies."""
        return -(-count // self.press.copies)


def build(
    crew: Crew, *, people: int, companies: int, changes: int, say: Say, activities: int | None = None, further: Further = (), press: Press | None = None,
) -> Data:  # fmt: skip
    """Everything, told step by step; `further` are the rows of apps."""
    data = Data(crew, press or Press(None))
    active = people * 8 // 5 if activities is None else activities
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("dictionaries", dictionaries), ("companies", lambda: make_companies(data, companies)), ("people", lambda: make_people(data, people)),
        ("notes and tasks", lambda: make_activities(data, active)), ("changes", lambda: history(data, changes)), ("log", lambda: log(data)),
        *((name, partial(make, data)) for name, make in further), ("copies", data.press.finish),
    )  # fmt: skip
    for name, step in steps:
        timed(name, step, say)
    return data


def timed(name: str, step: Callable[[], object], say: Say) -> None:
    """Take a step and tell how long it took."""
    started = timezone.now()
    step()
    say(f"{name}: {(timezone.now() - started).total_seconds():.0f} s")


def items(label: str, rows: Iterable[dict[str, Any]]) -> list[Item]:
    """New records with these values."""
    entity = registry.get(label)
    return [Item(entity.model(**entity.face), row, is_new=True) for row in rows]


def store(label: str, rows: Iterable[dict[str, Any]], *, derived: bool = False) -> list[Any]:
    """Store rows in the running change-set; `derived` adds contact points and match keys as any create does."""
    made = items(label, rows)
    entity = registry.get(label)
    follow(entity, made)
    if derived:
        entity.derive(Batch(SYSTEM, entity, made, "create"))
    return [item.record for item in made]


def spread[Row](rows: Sequence[Row], write: Callable[[Sequence[Row]], None], data: Data) -> None:
    """Write rows in even batches, each a change-set of its own moment by one of the users, the oldest first."""
    count = -(-len(rows) // BATCH)
    now, owners = timezone.now(), data.crew.owners
    for number in range(count):
        at = now - dt.timedelta(days=DAYS) * (count - number) / count
        step = dt.timedelta(days=DAYS) / count / data.press.copies
        data.press.wait()
        part = rows[len(rows) * number // count : len(rows) * (number + 1) // count]
        with (
            through("import"),
            change_set(actor_of(owners[number % len(owners)]), kind="import") as changes,
            data.press.batch(changes, step),
        ):
            changes.at = at
            write(part)


def dictionaries() -> None:
    """Industries."""
    with change_set(SYSTEM, kind="bulk"):
        store("parties.industry", [{"name": name, "position": place} for place, name in enumerate(INDUSTRIES)])


def make_companies(data: Data, count: int) -> None:
    """Companies with address and contact points."""
    source = names.chance(2)
    industries = list(registry.get("parties.industry").rows(SYSTEM).values_list("pk", flat=True))
    rows = [company(data, number, source, industries) for number in range(data.share(count))]
    spread(rows, lambda part: companies(data, part), data)


def company(data: Data, number: int, source: Any, industries: list[UUID]) -> dict[str, Any]:
    """The values of one company."""
    number = mould.COMPANIES + number * mould.MOST_COPIES
    language, name, country, city = names.company(number, source)
    owner = data.crew.owners[source.randrange(len(data.crew.owners))]
    status = source.choices(("active", "prospect", "dormant", "lost"), (60, 25, 10, 5))[0]
    return {
        "name": name, "language": language, "country": country, "city": city, "owner": owner, "org_unit": data.crew.units[owner], "status": status,
        "roles": ["customer"] if status == "active" else ["prospect"], "tier": source.choice("ABC"), "industry": source.choice(industries), "phone": data.press.known.phone(country, number),
        "email": f"post@firm{number}.example", "website": f"https://firm{number}.example", "tax_id": f"{country}{number:09}", "employees_count": source.randrange(1, 5000),
        "annual_revenue": Money(source.randrange(10**4, 10**9), "EUR"),
    }  # fmt: skip


def companies(data: Data, part: Sequence[dict[str, Any]]) -> None:
    """Store some companies and their addresses."""
    made = store("parties.company", part, derived=True)
    store(
        "parties.address",
        [
            {
                "party": record.pk,
                "kind": "main",
                "street": f"Main Street {number}",
                "city": record.city,
                "country": record.country,
                "is_primary": True,
            }
            for number, record in enumerate(made)
        ],
    )
    data.sites += [Site(record.pk, record.language, record.owner_id, record.city, record.country) for record in made]


def make_people(data: Data, count: int) -> None:
    """People at companies of their language, with jobs and contact points."""
    source = names.chance(3)
    by_language: dict[str, list[Site]] = {}
    for site in data.sites:
        by_language.setdefault(site.language, []).append(site)
    rows = [
        person(number, named, source.choice(by_language[named.language]), data, source)
        for number, named in enumerate(names.people(data.share(count)))
    ]
    spread(rows, lambda part: persons(data, part), data)


def person(number: int, named: names.Named, site: Site, data: Data, source: Any) -> dict[str, Any]:
    """The values of one person."""
    firm, number = number % 997, mould.PEOPLE + number * mould.MOST_COPIES
    shown = named.family + named.given if named.language == "zh" else f"{named.given} {named.family}"
    return {
        "given_name": named.given, "family_name": named.family, "name": shown, "language": named.language, "email": f"p{number}@firm{firm}.example", "phone": data.press.known.phone(named.country, number),
        "employer": site.id, "job_title": source.choice(TITLES[named.language]), "city": site.city, "country": site.country, "owner": site.owner, "org_unit": data.crew.units[site.owner],
        "status": "active" if source.random() < 0.97 else "do_not_contact", "birth_date": dt.date(source.randrange(1955, 2004), source.randrange(1, 13), source.randrange(1, 29)),
    }  # fmt: skip


def persons(data: Data, part: Sequence[dict[str, Any]]) -> None:
    """Store some people and their jobs; every tenth had another job before."""
    made = store("parties.person", part, derived=True)
    jobs = [
        {
            "person": record.pk,
            "company": record.employer_id,
            "title": record.job_title,
            "is_primary": True,
            "valid_from": dt.date(2020, 1, 1),
        }
        for record in made
    ]
    past = [
        {
            "person": record.pk,
            "company": other.employer_id,
            "title": other.job_title,
            "valid_from": dt.date(2015, 1, 1),
            "valid_to": dt.date(2019, 12, 31),
        }
        for record, other in zip(made[::10], made[1::10], strict=False)
    ]
    store("parties.employment", [*jobs, *past])
    data.people += [(record.pk, record.language, record.owner_id) for record in made]


def make_activities(data: Data, count: int) -> None:
    """Two notes to a task: at least one on every person where there are enough, the rest on the first hundredth."""
    if not data.people:
        return
    busy = data.people[: max(1, len(data.people) // 100)]
    wanted = data.share(count) * 2 // 3
    rounds, rest = divmod(wanted, len(data.people))
    subjects = [
        *(data.people * rounds),
        *islice(cycle(busy), rest if rounds else 0),
        *data.people[: 0 if rounds else rest],
    ]
    spread(subjects, notes, data)
    spread(subjects[::2], tasks, data)


def notes(part: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Store notes."""
    store(
        "activities.note",
        [
            {"text": TEXTS[language][number % 3], "subject": Ref("parties.person", key), "owner": owner}
            for number, (key, language, owner) in enumerate(part)
        ],
    )


def tasks(part: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Store tasks: most are done, some are due soon."""
    now = timezone.now()
    rows = [
        {
            "name": f"{TEXTS[language][number % 3][:40]} #{number}", "subject": Ref("parties.person", key), "assignee": owner, "owner": owner,
            "due_at": now + dt.timedelta(days=number % 60 - 45), "status": "done" if number % 5 else "todo",
        }
        for number, (key, language, owner) in enumerate(part)
    ]  # fmt: skip
    store("activities.task", rows)


def history(data: Data, count: int) -> None:
    """Further ledger rows: changes of people that were changed again since."""
    source = names.chance(5)
    chosen = [source.choice(data.people) for _number in range(data.share(count))] if data.people else []
    spread(chosen, changed, data)


def changed(part: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Ledger rows of one batch."""
    changes = active()
    changes.add([
        Entry(at=changes.at, changeset_id=changes.id, entity="parties.person", record_id=key, op=str(Op.UPDATE), title="", version=2, before={"job_title": "Assistant"}, after={"job_title": TITLES[language][0]}, source={})
        for key, language, _owner in part
    ])  # fmt: skip


def log(data: Data) -> None:
    """Lines of the log: who looked at whom."""
    now, source = timezone.now(), names.chance(7)
    rows = [
        AuditEvent(at=now - dt.timedelta(minutes=source.randrange(60 * 24 * 90)), kind="view", origin="ui", actor_id=owner, entity="parties.person", record_id=key)
        for key, _language, owner in data.people[::3]
    ]  # fmt: skip
    for part in batched(rows, BATCH * 5, strict=False):
        with data.press.batch(None, dt.timedelta()):
            insert_plain(AuditEvent, part)


def vacuum() -> None:
    """Statistics and visibility as the server's own upkeep leaves them; what subscribers would be told is told."""
    OutboxEvent.objects.filter(delivered_at=None).update(delivered_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
