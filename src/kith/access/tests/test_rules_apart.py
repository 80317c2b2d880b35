"""Rules beside rules: which line of a role counts, what a denial reaches, what is kept apart for whom and when."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kith.core import access, custom_fields, past, writes
from kith.core.access import NOBODY, NOTHING, SYSTEM, Rule
from kith.core.entity import Entity, registry
from kith.core.errors import Forbidden, Missing
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> SimpleNamespace:
    """A user without any right, and a company of hers and one of somebody else."""
    user, other = make_user("Una"), make_user("Otto")
    mine, theirs = (factory.make("parties.company", name=one.name, owner=one.pk) for one in (user, other))
    return SimpleNamespace(user=user, other=other, mine=mine, theirs=theirs)


def company() -> Entity:
    return registry.get("parties.company")


def seen(user: Any, operation: str = "view") -> set[str]:
    return set(company().rows(fresh(user), operation).values_list("name", flat=True))


# --- which line counts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wide", [("parties.company", "*"), ("*", "view"), ("*", "*")])
def test_the_line_of_kind_and_operation_goes_before_wider_ones_of_its_role(
    two: SimpleNamespace, wide: tuple[str, str]
) -> None:
    grant(two.user, (*wide, "all"), ("parties.company", "view", "own"))
    assert seen(two.user) == {"Una"}
    grant(two.user, (*wide, "all"))  # another role gives what this one does not
    assert seen(two.user) == {"Una", "Otto"}


def test_a_wider_denial_of_the_same_role_stays(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "*", "all", True), ("parties.company", "view", "all"))
    assert seen(two.user) == set()
    assert not access.allowed(fresh(two.user), company(), "view")


@pytest.mark.parametrize("level", ["none", "own", "all"])
def test_a_denial_reaches_all_rows_whatever_its_level_says(two: SimpleNamespace, level: str) -> None:
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    assert seen(two.user, "edit") == {"Una", "Otto"}
    grant(two.user, ("parties.company", "edit", level, True))
    assert seen(two.user, "edit") == set() and seen(two.user) == {"Una", "Otto"}


@pytest.mark.parametrize("level", ["none", "own", "all"])
def test_a_denial_with_a_condition_reaches_all_rows_where_it_holds(two: SimpleNamespace, level: str) -> None:
    grant(two.user, ("parties.company", "view", "all"))
    grant(two.user, ("parties.company", "view", level, True, {"field": "name", "op": "is", "value": "Otto"}))
    assert seen(two.user) == {"Una"}


def test_what_allows_some_rows_allows_and_what_denies_some_does_not(two: SimpleNamespace) -> None:
    otto = {"field": "name", "op": "is", "value": "Otto"}
    for item, allowed in (
        (("parties.company", "view", "none"), False),
        (("parties.company", "view", "all", True, otto), False),
        (("parties.company", "view", "own"), True),
        (("parties.company", "view", "all", True, otto), True),
        (("parties.company", "view", "own", True), False),
    ):
        grant(two.user, item)
        assert access.allowed(fresh(two.user), company(), "view") is allowed
        assert access.allowed(fresh(two.user), registry.get("parties.contactpoint"), "view") is allowed
    assert not access.has_rule_for_all(fresh(two.user), company(), "view")


def test_another_operation_opens_nothing(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "edit", "all"), ("parties.person", "view", "all"))
    assert seen(two.user) == seen(two.user, "edit") == set()


# --- kinds that follow others and have rules too ------------------------------------------------------------------------


def test_tasks_are_opened_by_their_own_rules_alone(two: SimpleNamespace) -> None:
    task = registry.get("activities.task")
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    assert not access.allowed(fresh(two.user), task, "view") and not access.allowed(fresh(two.user), task, "edit")
    assert access.allowed(fresh(two.user), registry.get("activities.note"), "edit")
    grant(two.user, ("activities.task", "edit", "own"))
    assert access.allowed(fresh(two.user), task, "edit")


# --- rows about some kinds ----------------------------------------------------------------------------------------------


def test_rows_about_some_kinds_are_about_these_only(two: SimpleNamespace) -> None:
    person = factory.make("parties.person", owner=two.user.pk)
    note, task = registry.get("activities.note"), registry.get("activities.task")
    for label, record in (("parties.company", two.mine), ("parties.person", person)):
        for kind in (note, task):
            factory.make(kind.label, subject={"entity": label, "id": str(record.pk)}, owner=two.user.pk)
    grant(two.user, ("*", "view", "own"), ("*", "edit", "own"))
    for actor in (fresh(two.user), SYSTEM):
        for kind in (note, task):
            for about in ("parties.company", "parties.person"):
                found = kind.rows(actor, "view", about=(about,))
                assert {row.subject_entity for row in found} == {about}, (kind.label, about)
            both = kind.rows(actor, "view", about=("parties.company", "parties.person"))
            assert set(both) == set(kind.rows(actor)) and both.count() == 2


# --- what is kept -------------------------------------------------------------------------------------------------------


def test_what_is_kept_for_some_rules_is_never_read_by_others(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "view", "own"))
    actor = fresh(two.user)
    assert company().rows(actor).count() == 1
    everything = replace(actor, rules=(Rule("", "parties.company", "view", "all"),), memo={})
    nothing = replace(actor, rules=(), memo={})
    assert [company().rows(one).count() for one in (everything, nothing, actor)] == [2, 0, 1]
    assert [access.allowed(one, company(), "view") for one in (everything, nothing, actor)] == [True, False, True]


def test_conditions_with_dates_are_kept_apart_by_the_moment(two: SimpleNamespace) -> None:
    condition = {"field": "created_at", "op": "last", "value": "7 days"}
    with time_machine.travel("2026-03-20 10:00:00+00:00", tick=False):
        factory.make("parties.company", name="Late", owner=two.other.pk)
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False):
        factory.make("parties.company", name="Early", owner=two.other.pk)
    with time_machine.travel("2026-03-22 10:00:00+00:00", tick=False):
        grant(two.user, ("parties.company", "view", "all", False, condition))
        actor, found = fresh(two.user), []
        for day in ("2026-03-04", "", "2026-03-21", "2026-03-12", "2026-03-04"):
            with past.at(past.of(day) if day else None):
                rows = company().model._base_manager.filter(access.predicate(company(), actor, "view"))
                found.append({row.name for row in rows} & {"Early", "Late"})
    assert found == [{"Early"}, {"Late"}, {"Late"}, set(), {"Early"}]


# --- one record ---------------------------------------------------------------------------------------------------------


def test_columns_come_with_a_record_whatever_was_fetched_before(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "view", "own"))
    actor = fresh(two.user)
    for columns in ({}, {"first": F("name")}, {}, {"second": F("owner")}, {"first": F("status")}):
        found = access.fetch(company(), actor, two.mine.pk, columns=columns)
        assert found.pk == two.mine.pk
        for name, expression in columns.items():
            plain = getattr(found, f"{expression.name}_id" if expression.name == "owner" else expression.name)
            assert getattr(found, name) == plain


def test_a_share_reaches_nobody_where_there_is_no_user(two: SimpleNamespace) -> None:
    subject = {"entity": "parties.company", "id": str(two.mine.pk)}
    group = writes.create(SYSTEM, registry.get("access.group"), {"name": "Group"})
    writes.create(SYSTEM, registry.get("access.share"), {"subject": subject, "group": group.pk})
    reach = access.loaders["shares"]
    nobody = replace(fresh(two.user), id=None, shares=frozenset({"parties.company"}))
    assert reach(company(), nobody, "view") == NOTHING
    assert company().rows(nobody).count() == 0


def test_what_is_kept_of_fields_ends_with_other_fields_or_rules(two: SimpleNamespace) -> None:
    role = grant(two.user, ("parties.company", "view", "all"))
    values = {"role": role.pk, "entity": "parties.company", "field": "website", "level": "none"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)
    actor = fresh(two.user)
    assert "website" not in access.readable(actor, company())
    assert "website" in access.readable(replace(actor, field_rules=()), company())
    assert "website" not in access.readable(actor, company())
    formula = {"entity": "parties.company", "label": "Result", "name": "x_result", "formula": "1 + 1"}
    writes.create(SYSTEM, registry.get("core.formulafield"), formula)
    assert "x_result" in company().fields and "x_result" in access.readable(actor, company())
    custom_fields.forget()


# --- who is asked about -------------------------------------------------------------------------------------------------


def test_nobody_may_do_anything_and_kith_everything(two: SimpleNamespace) -> None:
    for label in ("parties.company", "access.role", "people.employee", "activities.note", "parties.party"):
        for operation in ("view", "edit", "create"):
            kind = registry.get(label)
            assert access.allowed(SYSTEM, kind, operation) and not access.allowed(NOBODY, kind, operation)
            assert access.predicate(kind, NOBODY, operation) == NOTHING and not access.predicate(kind, SYSTEM, operation)  # fmt: skip
    assert "birth_date" in access.writable(SYSTEM, registry.get("people.employee"))


def test_public_kinds_are_open_to_see_and_to_nothing_else(two: SimpleNamespace) -> None:
    role, actor = registry.get("access.role"), fresh(two.user)
    assert access.allowed(actor, role, "view") and role.rows(actor).count() == role.rows(SYSTEM).count()
    for operation in ("edit", "create", "delete", "export", "history"):
        assert not access.allowed(actor, role, operation) and access.predicate(role, actor, operation) == NOTHING
    assert not access.allowed(actor, company(), "view")


def test_every_kind_does_not_open_the_writing_of_public_records(two: SimpleNamespace) -> None:
    role = registry.get("access.role")
    grant(two.user, ("*", "edit", "all"), ("*", "*", "own"), ("*", "export", "all"))
    assert not access.allowed(fresh(two.user), role, "edit") and access.allowed(fresh(two.user), role, "export")
    grant(two.user, ("*", "*", "all"))
    assert access.allowed(fresh(two.user), role, "edit")
    grant(two.user, ("*", "edit", "none", True))
    assert not access.allowed(fresh(two.user), role, "edit")


def test_a_token_has_what_its_scopes_and_rules_both_give(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"), ("parties.person", "view", "all"))  # fmt: skip
    actor, person = fresh(two.user), registry.get("parties.person")
    asked = ((company(), "view"), (company(), "edit"), (company(), "delete"), (person, "view"), (person, "edit"))
    for scopes, expected in (
        ({"parties.company:view"}, (True, False, False, False, False)),
        ({"parties.company:*"}, (True, True, False, False, False)),
        ({"*:view"}, (True, False, False, True, False)),
        ({"*"}, (True, True, False, True, False)),
        (set(), (False,) * 5),
    ):
        token = replace(actor, scopes=frozenset(scopes), memo={})
        assert tuple(access.allowed(token, *one) for one in asked) == expected
        assert tuple(access.predicate(*one[:1], token, one[1]) != NOTHING for one in asked) == expected


def test_a_list_opens_for_who_sees_a_row_of_it(two: SimpleNamespace) -> None:
    assert not access.opens(fresh(two.user), company())
    subject = {"entity": "parties.company", "id": str(two.theirs.pk)}
    share = writes.create(SYSTEM, registry.get("access.share"), {"subject": subject, "user": two.user.pk})
    assert access.opens(fresh(two.user), company()) and not access.opens(fresh(two.other), company())
    writes.delete(SYSTEM, registry.get("access.share"), [share.pk])
    assert not access.opens(fresh(two.user), company())
    grant(two.other, ("parties.person", "view", "own"))  # a rule opens it, without any row
    assert access.opens(fresh(two.other), registry.get("parties.person"))


def test_parts_come_by_an_import_only_with_a_right_of_their_own(two: SimpleNamespace) -> None:
    point = registry.get("parties.contactpoint")
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"), ("parties.company", "import", "all"))  # fmt: skip
    assert access.allowed(fresh(two.user), point, "create") and not access.allowed(fresh(two.user), point, "import")
    grant(two.user, ("parties.contactpoint", "import", "all"))
    assert access.allowed(fresh(two.user), point, "import")


def test_a_denial_on_parts_closes_them_beside_their_whole(two: SimpleNamespace) -> None:
    point = registry.get("parties.contactpoint")
    part = factory.make("parties.contactpoint", party=two.mine.pk)
    assert not access.allowed(fresh(two.user), point, "view") and not access.allowed(fresh(two.user), point, "edit")
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    assert access.allowed(fresh(two.user), point, "edit") and part in point.rows(fresh(two.user), "edit")
    grant(two.user, ("parties.contactpoint", "edit", "all", True))
    assert not access.allowed(fresh(two.user), point, "edit") and not point.rows(fresh(two.user), "edit").exists()
    assert part in point.rows(fresh(two.user))


def test_what_one_made_for_a_hidden_record_is_hidden_with_it(two: SimpleNamespace) -> None:
    grant(two.user, *((label, operation, "own") for label in ("parties.company", "activities.note") for operation in ("view", "edit", "create")))  # fmt: skip
    subject = {"entity": "parties.company", "id": str(two.mine.pk)}
    point = writes.create(fresh(two.user), registry.get("parties.contactpoint"), factory.values(registry.get("parties.contactpoint"), party=two.mine.pk))  # fmt: skip
    note = writes.create(fresh(two.user), registry.get("activities.note"), {"text": "Called.", "subject": subject})
    for made in (point, note):
        assert made.created_by_id == two.user.pk and made in registry.for_model(type(made)).rows(fresh(two.user))
    writes.save(SYSTEM, two.mine, {"owner": two.other.pk})
    for made in (point, note):
        assert not registry.for_model(type(made)).rows(fresh(two.user)).exists()


def test_ones_own_task_is_seen_without_any_rule(two: SimpleNamespace) -> None:
    task = registry.get("activities.task")
    subject = {"entity": "parties.company", "id": str(two.theirs.pk)}
    mine = factory.make("activities.task", assignee=two.user.pk, owner=two.other.pk, subject=subject)
    factory.make("activities.task", assignee=two.other.pk, owner=two.other.pk, subject=subject)
    writes.save(SYSTEM, mine, {"status": "done"})  # its subject is not opened by it any more
    assert task.rows(fresh(two.user)).get() == mine and not company().rows(fresh(two.user)).exists()
    assert not task.rows(fresh(make_user("Third"))).exists()


def test_a_level_reaches_nobodys_rows_for_who_has_no_account(two: SimpleNamespace) -> None:
    writes.save(SYSTEM, two.theirs, {"owner": None})
    grant(two.user, ("parties.company", "view", "own"))
    actor = replace(fresh(two.user), id=None, memo={}, kept=None)
    for level in ("none", "own", "reports", "team", "unit"):
        assert access.level_condition(company(), actor, level) == NOTHING
    assert not access.level_condition(company(), actor, "all")


def test_what_is_closed_is_said_in_one_way(two: SimpleNamespace) -> None:
    """Pages offer nothing of a kind whose condition is this one."""
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "share", "none"))
    for operation in ("edit", "delete", "export", "history", "share"):
        assert access.predicate(company(), fresh(two.user), operation) == NOTHING
    assert access.predicate(registry.get("parties.party"), fresh(two.user), "edit") == NOTHING
    assert not access.predicate(company(), fresh(two.user), "view")
    grant(two.user, ("parties.company", "edit", "all"), ("parties.person", "edit", "all"), ("parties.person", "view", "all"))  # fmt: skip
    assert not access.predicate(registry.get("parties.party"), fresh(two.user), "edit")


def test_notes_tasks_and_shares_are_about_records_with_a_life_of_their_own() -> None:
    found = {entity.label for entity in registry if access.is_subject(entity)}
    assert {"parties.company", "parties.person", "sales.opportunity", "sales.lead"} <= found
    assert not {"parties.party", "parties.contactpoint", "activities.note", "activities.task", "access.share", "distribution.pool"} & found  # fmt: skip


def test_nothing_is_about_parts_of_records_or_about_what_is_about_others() -> None:
    """A kind with a timeline is one that notes and tasks can be about (`is_subject`), unless it shows the records of others."""
    within = [entity for entity in registry if entity.access.parent or entity.access.subject]
    assert len(within) > 20 and not [entity.label for entity in within if entity.has_timeline]


def test_a_table_of_two_kinds_opens_with_any_of_them_to_be_read(two: SimpleNamespace) -> None:
    party = registry.get("parties.party")
    assert not access.allowed(fresh(two.user), party, "view")
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    assert access.allowed(fresh(two.user), party, "view") and not access.allowed(fresh(two.user), party, "export")
    assert not access.allowed(fresh(two.user), party, "edit")  # it is written as what it is
    factory.make("parties.person", owner=two.user.pk)
    assert set(party.rows(fresh(two.user)).values_list("pk", flat=True)) == {two.mine.pk, two.theirs.pk}


def test_a_department_reaches_ones_own_rows_elsewhere_too(two: SimpleNamespace) -> None:
    unit = writes.create(SYSTEM, registry.get("people.orgunit"), {"name": "North"})
    grant(two.user, ("parties.company", "view", "unit"))
    assert seen(two.user) == {"Una"}
    writes.save(SYSTEM, two.user, {"org_unit": unit.pk})
    assert seen(two.user) == {"Una"}
    writes.save(SYSTEM, two.theirs, {"org_unit": unit.pk})
    assert seen(two.user) == {"Una", "Otto"}


def test_parts_with_a_right_of_their_own_need_both_rights(two: SimpleNamespace) -> None:
    fact = registry.get("parties.personalfact")
    mine, theirs = (factory.make("parties.person", owner=one.pk) for one in (two.user, two.other))
    facts = [factory.make("parties.personalfact", person=person.pk) for person in (mine, theirs)]
    grant(two.user, ("parties.person", "view", "own"))
    assert not fact.rows(fresh(two.user)).exists() and not access.allowed(fresh(two.user), fact, "view")
    grant(two.user, ("parties.personalfact", "view", "all"))
    assert fact.rows(fresh(two.user)).get() == facts[0] and access.allowed(fresh(two.user), fact, "view")
    grant(two.other, ("parties.personalfact", "view", "all"))
    assert not fact.rows(fresh(two.other)).exists()


def test_whether_something_may_be_done_is_asked_of_one_record(two: SimpleNamespace) -> None:
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "own"))
    actor = fresh(two.user)
    asked = [(record, operation) for record in (two.mine, two.theirs) for operation in ("view", "edit", "delete")]
    found = [access.may(company(), actor, record.pk, operation) for record, operation in asked]
    assert found == [True, True, False, True, False, False]


def test_what_is_there_again_at_once_is_missing_and_not_forbidden(
    two: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may take a record out of the trash between the two statements of `fetch`."""
    grant(two.user, ("parties.company", "view", "all"), ("parties.company", "edit", "own"))
    monkeypatch.setattr(access.prepared, "run", lambda *_words: [])  # as asked before it was there
    with pytest.raises(Missing):
        access.fetch(company(), fresh(two.user), two.mine.pk, "edit")
    with pytest.raises(Forbidden) as refused:
        access.fetch(company(), fresh(two.user), two.theirs.pk, "edit")
    assert refused.value.right == "parties.company:edit"


def test_one_record_is_locked_for_who_will_write_it(two: SimpleNamespace) -> None:
    for locked in (False, True, False):
        with CaptureQueriesContext(connection) as asked:
            access.fetch(company(), SYSTEM, two.mine.pk, "edit", locked=locked)
        assert any("FOR UPDATE" in query["sql"] for query in asked.captured_queries) is locked


def test_of_what_they_are_about_is_asked_of_notes_and_the_like_only(two: SimpleNamespace) -> None:
    assert company().rows(SYSTEM, about=("parties.person",)).count() == 2


def test_the_trash_of_then_holds_nothing(two: SimpleNamespace) -> None:
    writes.delete(SYSTEM, company(), [two.theirs.pk])
    assert company().rows(SYSTEM, trashed=True).get() == two.theirs
    with past.playing(past.Past(timezone.now(), "now")):
        assert set(company().rows(SYSTEM)) == {two.mine} and not company().rows(SYSTEM, trashed=True).exists()


def test_parts_of_then_follow_their_whole_of_then(two: SimpleNamespace) -> None:
    point, person = registry.get("parties.contactpoint"), make_user("Third")
    wholes = (two.mine, two.theirs)
    mine, theirs = ({*point.rows(SYSTEM).filter(party=whole.pk), factory.make("parties.contactpoint", party=whole.pk)} for whole in wholes)  # fmt: skip
    grant(two.user, ("parties.company", "view", "own"))
    grant(two.other, ("parties.company", "view", "all"), ("parties.company", "edit", "own"))
    grant(person, ("parties.company", "view", "all"), ("parties.person", "view", "all"))
    una, otto, third = (fresh(user) for user in (two.user, two.other, person))
    now = timezone.now()
    with past.playing(past.Past(now, now.isoformat())):
        assert set(point.rows(una)) == mine and set(point.rows(otto)) == mine | theirs == set(point.rows(third))
        assert set(point.rows(otto, "edit")) == theirs and set(point.rows(third, "edit")) == set()
        assert not access.predicate(point, third, "view") and access.predicate(point, una, "view")
