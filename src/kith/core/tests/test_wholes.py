"""Parts of a record at hand are seen by whoever sees it, but where a rule or a scope says otherwise; rows with and without predicate are the same."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Q

from kith.core import access, past, predicates, timeline, wholes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_user
from kith.core.ui import record_related

pytestmark = pytest.mark.django_db
COMPANY, POINT, NOTE, OPPORTUNITY = "parties.company", "parties.contactpoint", "activities.note", "sales.opportunity"


@pytest.fixture
def companies(people: SimpleNamespace) -> list[Any]:
    """A company of Ann and one of Eva, each with a contact point, an address and a note."""
    made = [factory.make(COMPANY, owner=str(who.pk)) for who in (people.ann, people.eva)]
    for at, company in enumerate(made):
        factory.make(POINT, party=company.pk, kind="email", value=f"desk{at}@house.example")
        factory.make("parties.address", party=company.pk, country="DE", city="Köln")
        factory.make(NOTE, subject=f"{COMPANY}/{company.pk}", text=f"Note {at}")
    return made


def test_for_every_part_of_every_kind_the_rows_are_those_of_the_predicate(people: Any, companies: list[Any]) -> None:
    for part in registry:
        links = [part.access.parent or "subject"] if part.access.parent or part.access.subject else []
        for link in links:
            for whole in registry:
                if not any(whole.label in (other.label, *other.access.faces) for other in access.wholes(part)):
                    continue
                key = {COMPANY: companies[0].pk}.get(whole.label)
                for who in ("ann", "eva", "tom", "max"):
                    actor = getattr(people.actors, who)
                    if key is None or not whole.rows(actor).filter(pk=key).exists():
                        continue
                    path = "subject_id" if link == "subject" else part.fields[link].path
                    quick = wholes.rows(part, actor, whole, link).filter(**{path: key})
                    assert set(quick.values_list("pk")) == set(part.rows(actor).filter(**{path: key}).values_list("pk")), (part, whole, who)  # fmt: skip


def is_bare(part: str, actor: Any, whole: str = COMPANY, link: str = "party") -> bool:
    """Whether rows are asked for without a predicate."""
    rows = wholes.rows(registry.get(part), actor, registry.get(whole), link)
    return str(rows.query) == str(predicates.base(registry.get(part), False).all().query)


def test_what_shows_without_a_predicate(people: Any, companies: list[Any]) -> None:
    ann = people.actors.ann
    assert is_bare(POINT, ann) and is_bare(NOTE, ann, link="subject")
    assert not is_bare(OPPORTUNITY, ann, link="company")  # stands for itself
    assert not is_bare(POINT, ann, OPPORTUNITY)  # no part of that
    assert not is_bare("parties.relationship", ann, link="other")  # a part of the other one
    assert not is_bare("parties.employment", ann, link="company")  # a part of the person, not of the employer


def test_a_rule_that_denies_asks_for_the_predicate(people: Any, companies: list[Any]) -> None:
    user = make_user("Den Denied")
    grant(user, (COMPANY, "view", "all"), (POINT, "view", "all", True))
    denied = fresh(user)
    assert not wholes.shows(registry.get(POINT), denied, registry.get(COMPANY)) and is_bare("parties.address", denied)
    company = registry.get(COMPANY)
    numbers = {related.key: number for related, number in zip(*counted(company, denied, companies[0]), strict=True)}
    assert numbers["address-party"] == 1 and numbers.get("contactpoint-party", 0) == 0


def counted(entity: Any, actor: Any, record: Any) -> tuple[list[Any], list[int]]:
    """The related lists of a record and their numbers."""
    pairs = record_related.offered(entity, actor)
    numbers = record_related.counts(entity, actor, record, pairs)
    return [related for related, _other in pairs], [numbers[related.key] for related, _other in pairs]


def test_numbers_of_related_lists_are_those_of_their_rows(people: Any, companies: list[Any]) -> None:
    company = registry.get(COMPANY)
    for who in ("ann", "eva", "tom"):
        actor = getattr(people.actors, who)
        for record in companies:
            if not company.rows(actor).filter(pk=record.pk).exists():
                continue
            found, numbers = counted(company, actor, record)
            for related, number in zip(found, numbers, strict=True):
                other = registry.get(related.entity)
                spec = other.fields[related.link]
                kind = {f"{related.link}_entity": COMPANY} if spec.type.name == "ref" else {}
                assert number == other.rows(actor).filter(**{spec.path: record.pk}, **kind).count(), related.key
            assert sum(numbers) >= 2


def test_the_timeline_of_a_record_beside_one_that_is_hidden(people: Any, companies: list[Any]) -> None:
    mine, other = companies
    person = factory.make("parties.person", owner=str(people.ann.pk))
    for company in companies:
        factory.make("parties.employment", person=person.pk, company=company.pk)
    ann, entity = fresh(people.ann), registry.get("parties.person")
    about = timeline.About({"parties.person": [person.pk], COMPANY: [mine.pk, other.pk]})
    texts = {entry.data.get("text") for entry in timeline.load(ann, about, kind="note").entries}
    assert texts == {"Note 0"}
    near = timeline.about(entity, ann, person)
    assert near.is_seen and near[COMPANY] == [mine.pk]
    assert {entry.data.get("text") for entry in timeline.load(ann, near, kind="note").entries} == {"Note 0"}


def test_what_stands_near_a_record_is_seen(people: Any, companies: list[Any]) -> None:
    """`timeline_ids` names nothing that is hidden: the timeline asks for the parts of all of it without a predicate."""
    mine, other = companies
    workers = [factory.make("parties.person", owner=str(who.pk)) for who in (people.ann, people.eva)]
    for person in workers:
        for company in companies:
            factory.make("parties.employment", person=person.pk, company=company.pk)
    deal = factory.make(OPPORTUNITY, owner=str(people.ann.pk), company=other.pk, person=workers[1].pk)
    lead = factory.make("sales.lead", owner=str(people.ann.pk), company=other.pk)
    kinds = [(COMPANY, mine), ("parties.person", workers[0]), (OPPORTUNITY, deal), ("sales.lead", lead)]
    named = 0
    for who in ("ann", "eva", "tom"):
        actor = fresh(getattr(people, who))
        for label, record in kinds:
            for kind, key in registry.get(label).timeline_ids(actor, record):
                named += 1
                assert registry.get(kind).rows(actor).filter(pk=key).exists(), (who, label, kind)
    assert named > 6


def test_who_shows_nothing_without_a_predicate(people: Any, companies: list[Any], monkeypatch: Any) -> None:
    """Each reason by itself, beside a reader for whom there is none."""
    company, person = registry.get(COMPANY), registry.get("parties.person")
    point, address, fact, party = (
        registry.get(label) for label in (POINT, "parties.address", "parties.personalfact", "parties.party")
    )
    ann = fresh(people.ann)
    assert wholes.shows(point, ann, company) and wholes.shows(point, ann, party)
    assert not wholes.shows(party, ann, company)  # several kinds in one table
    assert not wholes.shows(company, ann, company)  # stands for itself
    assert not wholes.shows(point, SYSTEM, company) and not wholes.shows(
        point, replace(access.NOBODY, memo={}), company
    )
    narrow = replace(ann, kind="token", scopes=frozenset({f"{COMPANY}:view", f"{POINT}:view"}), memo={})
    assert wholes.shows(point, narrow, company) and not wholes.shows(address, narrow, company)
    with past.at(past.of("2026-01-01")):
        assert not wholes.shows(point, ann, company)
    user = make_user("Own Right")
    grant(user, ("parties.person", "view", "all"))
    assert wholes.shows(point, fresh(user), person) and not wholes.shows(fact, fresh(user), person)
    grant(user, ("parties.personalfact", "view", "all"))
    assert wholes.shows(fact, fresh(user), person)
    monkeypatch.setattr(
        access, "ways_out", [lambda *_: None, lambda entity, _actor: Q(pk=None) if entity is address else None]
    )
    anew = fresh(somebody_new())
    assert wholes.shows(point, anew, company) and not wholes.shows(address, anew, company)


def somebody_new() -> Any:
    """Somebody who sees all companies."""
    made = make_user("Ned New")
    grant(made, (COMPANY, "view", "all"))
    return made


def test_kinds_beside_each_other_are_bare_only_together(people: Any, companies: list[Any]) -> None:
    ann, note = fresh(people.ann), registry.get(NOTE)
    mine, deal = registry.get(COMPANY), registry.get(OPPORTUNITY)
    bare = str(predicates.base(note, False).all().query)
    assert str(wholes.rows_of(note, ann, [mine, deal]).query) == bare
    assert str(wholes.rows_of(registry.get(POINT), ann, [mine, deal]).query) != str(predicates.base(registry.get(POINT), False).all().query)  # fmt: skip
    hidden = wholes.rows_of(registry.get(POINT), ann, [deal])
    assert {row.party_id for row in hidden} == {companies[0].pk}
    user = make_user("Den Denied")
    grant(user, (COMPANY, "view", "all"), (NOTE, "view", "all", True))
    assert not wholes.shows(note, fresh(user), mine)
