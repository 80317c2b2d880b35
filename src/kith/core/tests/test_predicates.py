"""Access predicates as text: the same rows as the condition itself, in every kind of query, and never for other rights."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Count, Exists, OuterRef, Q

from kith.core import access, predicates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.predicates import Compiled
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant

LABELS = (
    "parties.company",
    "parties.person",
    "parties.party",
    "parties.contactpoint",
    "parties.employment",
    "activities.note",
    "activities.task",
)


@pytest.fixture(scope="module")
def rows(world: SimpleNamespace, django_db_blocker: Any) -> None:
    """Two of everything, one of Ann's and one of Eva's, made once: what a test does to them is taken back after it."""
    with django_db_blocker.unblock():
        lay(world)


def lay(people: SimpleNamespace) -> None:
    for owner in (people.ann.pk, people.eva.pk):
        company = factory.make("parties.company", owner=owner)
        person = factory.make("parties.person", owner=owner)
        factory.make("parties.employment", person=person.pk, company=company.pk)
        subject = {"entity": "parties.person", "id": str(person.pk)}
        factory.make("activities.note", subject=subject, owner=owner)
        factory.make("activities.task", subject=subject, owner=owner, assignee=owner)


def plainly(label: str, actor: Actor, operation: str = "view") -> set[Any]:
    entity = registry.get(label)
    found = entity.model._base_manager.filter(deleted_at=None, **entity.face).filter(
        access.predicate(entity, actor, operation)
    )
    return set(found.values_list("pk", flat=True))


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("who", ["ann", "tom", "eva", "max"])
@pytest.mark.parametrize("operation", ["view", "edit"])
def test_text_and_condition_give_the_same_rows(
    people: SimpleNamespace, rows: None, label: str, who: str, operation: str
) -> None:
    actor = getattr(people.actors, who)
    assert set(registry.get(label).rows(actor, operation).values_list("pk", flat=True)) == plainly(
        label, actor, operation
    )


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("who", ["ann", "tom", "eva", "max"])
def test_the_ways_together_reach_what_the_predicate_reaches(
    people: SimpleNamespace, rows: None, label: str, who: str
) -> None:
    actor = getattr(people.actors, who)
    found = [set(way.values_list("pk", flat=True)) for way in access.ways(registry.get(label), actor)]
    assert set().union(*found) == plainly(label, actor)


def test_a_denial_cuts_every_way(people: SimpleNamespace, rows: None) -> None:
    person = registry.get("parties.person")
    grant(people.tom, ("parties.person", "view", "all", True, {"field": "family_name", "op": "filled"}))
    actor = fresh(people.tom)
    ways = [set(way.values_list("pk", flat=True)) for way in access.ways(person, actor)]
    assert (
        set().union(*ways) == plainly("parties.person", actor) == set(person.rows(actor).values_list("pk", flat=True))
    )


def test_a_denial_of_either_of_two_is_one_way(people: SimpleNamespace, rows: None) -> None:
    """Beside the way by her task there is one: what is neither; what is either would be two."""
    company, named = registry.get("parties.company"), factory.make("parties.company", name="Otto")
    other = factory.make("parties.company", name="Nord", legal_name="Bonn")
    either = {
        "any": [{"field": "name", "op": "is", "value": "Otto"}, {"field": "legal_name", "op": "is", "value": "Bonn"}]
    }
    grant(people.max, ("parties.company", "view", "all"), ("parties.company", "view", "all", True, either))
    actor = fresh(people.max)
    found = [set(way.values_list("pk", flat=True)) for way in access.ways(company, actor)]
    everything = set(company.rows(access.SYSTEM).values_list("pk", flat=True))
    assert found == [everything - {named.pk, other.pk}, set()] and len(everything) > 2


@pytest.mark.parametrize("first", [False, True])
def test_ways_of_one_set_of_columns_each_are_kept_beside_the_few(
    people: SimpleNamespace, rows: None, first: bool
) -> None:
    """By her tasks; by the owner, or by who made what nobody owns: one way, or `apart` two."""
    company, actor = registry.get("parties.company"), replace(fresh(people.ann), memo={}, kept=None)
    for apart in (first, not first, first):
        ways = access.ways(company, actor, apart=apart)
        assert len(ways) == (3 if apart else 2)
        assert set().union(*(way.values_list("pk", flat=True) for way in ways)) == plainly("parties.company", actor)


def test_each_use_has_the_form_that_is_quick_for_it(people: SimpleNamespace, rows: None) -> None:
    """A set of ids is an array, with a hash beside it where many rows are walked; records are looked up one by one, in a way joined."""
    company, note, ann = registry.get("parties.company"), registry.get("activities.note"), people.actors.ann
    by_tasks = "IN (SELECT", "ANY(ARRAY(SELECT"
    for walked, forms in ((False, (0, 1)), (True, (1, 1)), (False, (0, 1))):
        text = str(company.rows(ann, walked=walked).query)
        assert tuple(text.count(form) for form in by_tasks) == forms
    assert " OFFSET 0)" in str(note.rows(ann).query)
    assert not [way for way in access.ways(note, ann) if " OFFSET 0)" in str(way.query)]


def test_what_looks_through_a_link_stays_a_condition(people: SimpleNamespace, rows: None) -> None:
    """Its text would speak of a table that the query around it does not join."""
    person, linked = registry.get("parties.person"), Q(owner__name=people.ann.name)
    assert predicates.of(person, people.actors.ann, "linked", linked) is linked
    assert predicates.of(person, people.actors.ann, "nothing", access.NOTHING) is access.NOTHING


def test_text_follows_the_table_into_subqueries_and_aggregates(people: SimpleNamespace, rows: None) -> None:
    person, ann = registry.get("parties.person"), people.actors.ann
    mine = person.rows(ann)
    expected = plainly("parties.person", ann)
    assert isinstance(predicates.of(person, ann, "view", access.predicate(person, ann, "view")), Compiled)
    assert set(person.rows(people.actors.eva).filter(pk__in=mine.values("pk")).values_list("pk", flat=True)) == expected
    jobs = registry.get("parties.employment").rows(ann).filter(Exists(mine.filter(pk=OuterRef("person"))))
    assert set(jobs.values_list("person", flat=True)) == expected
    assert mine.aggregate(n=Count("pk"))["n"] == mine.count() == len(expected)
    assert set(mine.exclude(pk__in=mine.values("pk"))) == set()


def test_text_is_kept_between_requests_until_rights_change(people: SimpleNamespace, rows: None) -> None:
    person = registry.get("parties.person")
    list(person.rows(fresh(people.ann)))
    kept = fresh(people.ann).kept
    assert kept is not None and any(name[0] == "compiled" for name in kept.found)
    grant(people.ann, ("parties.person", "view", "all"))
    assert fresh(people.ann).kept is not kept
    assert set(person.rows(fresh(people.ann)).values_list("pk", flat=True)) == set(
        person.rows(people.actors.eva).values_list("pk", flat=True)
    )


def test_other_rules_never_use_what_was_kept(people: SimpleNamespace, rows: None) -> None:
    person, actor = registry.get("parties.person"), fresh(people.eva)
    everything = person.rows(access.SYSTEM).count()
    assert person.rows(actor).count() == everything > 0
    assert person.rows(replace(actor, rules=(), memo={})).count() == 1  # by her open task alone
    assert person.rows(replace(actor, scopes=frozenset({"parties.company:view"}), memo={})).count() == 0
    assert person.rows(fresh(people.eva)).count() == everything


def test_conditions_of_rules_are_never_kept(people: SimpleNamespace, rows: None) -> None:
    condition = {"field": "updated_at", "op": "last", "value": "30 days"}
    grant(people.max, ("parties.person", "view", "all", False, condition), ("parties.company", "view", "own"))
    actor = fresh(people.max)
    assert (
        registry.get("parties.person").rows(actor).count() == registry.get("parties.person").rows(access.SYSTEM).count()
    )
    assert actor.kept is not None and actor.kept.found == {}


@pytest.mark.parametrize("value", ["100 %", "O'Neill", "%s", "%(name)s", "\\'; --", 'a"b'])
def test_values_stand_in_the_text_as_the_driver_quotes_them(people: SimpleNamespace, rows: None, value: str) -> None:
    person = registry.get("parties.person")
    named, other = factory.make("parties.person", family_name=value), factory.make("parties.person", family_name="Else")
    condition = {"field": "family_name", "op": "contains", "value": value}
    grant(people.max, ("parties.person", "view", "all", False, condition))
    actor = fresh(people.max)
    assert predicates.of(person, actor, "view", access.predicate(person, actor, "view")).values == ()
    found = set(person.rows(actor).values_list("pk", flat=True))
    assert found == plainly("parties.person", actor)
    assert named.pk in found and other.pk not in found
    assert person.rows(actor).filter(family_name=value).count() == 1  # beside values that the query itself binds
