"""People changed by the real write path: some become double, some are no doubles any more; the search has to follow, and to follow back."""

import random
import statistics
import time
from typing import Any
from uuid import UUID

NAMES = ("given_name", "middle_name", "family_name")
COPIED = (*NAMES, "email", "birth_date")
#: Reasons that are a name.
BY_NAME = {
    "same_name", "same_name_transliterated", "same_name_pinyin", "same_company_name", "same_company_name_transliterated",
}  # fmt: skip


def followed(changes: int, truth: set[tuple[UUID, UUID]]) -> dict[str, Any]:
    """Change so many people, let the search catch up, and change them back."""
    from kith.parties import doubles

    before = open_pairs()
    doubled, parted = to_double(changes // 2), to_part(changes // 2, truth)
    old = {person.pk: {name: getattr(person, name) for name in COPIED} for person, _values in [*doubled, *parted]}
    saved(doubled + parted)
    seconds = timed(doubles.catch_up)
    now = open_pairs()
    made = {pair for pair in now - before if not old.keys().isdisjoint(pair)}
    wanted = {doubles.ordered(person.pk, values["of"]) for person, values in doubled}
    gone = {pair for pair in before if not {person.pk for person, _values in parted}.isdisjoint(pair)}
    found = {
        "changed": len(old), "catch_up_seconds": seconds, "became_double": len(wanted), "of_these_found": len(wanted & made),
        "parted": len(gone & truth), "of_these_left": len(gone & truth & now),
    }  # fmt: skip
    saved([(person, old[person.pk]) for person, _values in [*doubled, *parted]])
    doubles.catch_up()
    return found | {"as_before_when_changed_back": open_pairs() == before}


def open_pairs() -> set[tuple[UUID, UUID]]:
    """All pairs of the queue."""
    from kith.parties.entities.duplicate_pair import DuplicatePair

    return set(DuplicatePair.objects.filter(state="open").values_list("one_id", "other_id"))


def some_people(count: int, seed: int) -> list[Any]:
    """People with an e-mail address, in no pair."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    paired = {key for pair in open_pairs() for key in pair}
    rows = registry.get("parties.person").rows(SYSTEM).exclude(email="")
    keys = [key for key in rows.order_by("pk").values_list("pk", flat=True) if key not in paired]
    chosen = random.Random(seed).sample(keys, count)
    return list(rows.filter(pk__in=chosen).order_by("pk"))


def to_double(count: int) -> list[tuple[Any, dict[str, Any]]]:
    """People who become the same as others."""
    people = some_people(2 * count, 11)
    return [
        (one, {name: getattr(other, name) for name in COPIED} | {"of": other.pk})
        for one, other in zip(people[::2], people[1::2], strict=True)
    ]


def to_part(count: int, truth: set[tuple[UUID, UUID]]) -> list[tuple[Any, dict[str, Any]]]:
    """Doubles that were found by name and day of birth alone; they get another name and lose the day."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.parties.entities.duplicate_pair import DuplicatePair

    rows = DuplicatePair.objects.filter(
        state="open", kind="person", reasons__contained_by=sorted({*BY_NAME, "same_birth_date"})
    ).order_by("pk")
    keys = [other for one, other in rows.values_list("one_id", "other_id") if (one, other) in truth][:count]
    people = registry.get("parties.person").rows(SYSTEM).filter(pk__in=keys).order_by("pk")
    return [
        (one, {"given_name": f"Quirin{at}", "middle_name": "", "family_name": f"Xaverhof{at}", "birth_date": None})
        for at, one in enumerate(people)
    ]


def saved(changes: list[tuple[Any, dict[str, Any]]]) -> None:
    """Save each by itself, as people do."""
    from kith.core import writes
    from kith.core.access import SYSTEM

    for person, values in changes:
        fresh = type(person)._base_manager.get(pk=person.pk)
        writes.save(SYSTEM, fresh, {name: value for name, value in values.items() if name != "of"})


def timed(what: Any) -> float:
    """Seconds."""
    started = time.monotonic()
    what()
    return round(time.monotonic() - started, 2)


def around_one(count: int) -> float:
    """Milliseconds that the search takes around one person, in the middle."""
    from kith.parties import doubles

    return round(1000 * statistics.median(seconds_around(doubles, person.pk) for person in some_people(count, 13)), 1)


def seconds_around(doubles: Any, key: UUID) -> float:
    """Around this one."""
    started = time.monotonic()
    doubles.look_around([key])
    return time.monotonic() - started
