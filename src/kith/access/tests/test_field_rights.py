"""Rights on fields: which rules count, what a worked out value follows from, and what may be given to a new record only."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kith.core import access, custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_user

pytestmark = pytest.mark.django_db
VIEW = ("parties.company", "view", "all")
EDIT = ("parties.company", "edit", "all")


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    custom_fields.forget()
    yield
    custom_fields.forget()


@pytest.fixture
def user() -> Any:
    return make_user("Una")


def limit(role: Any, field: str, level: str, *, entity: str = "parties.company", deny: bool = False) -> None:
    values = {"role": role.pk, "entity": entity, "field": field, "level": level, "deny": deny}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)


def level(user: Any, field: str, entity: str = "parties.company") -> str:
    """What the user may do with a field; the sets of names say the same."""
    kind, actor = registry.get(entity), fresh(user)
    found = access.field_level(actor, kind, field)
    assert (field in access.readable(actor, kind)) == (found != "none")
    if access.is_for(kind.fields[field], "edit"):
        assert (field in access.writable(actor, kind)) == (found == "edit")
    return found


# --- which rules count --------------------------------------------------------------------------------------------------


def test_a_rule_is_about_one_field_of_one_kind(user: Any) -> None:
    role = grant(user, VIEW, ("parties.person", "view", "all"))
    limit(role, "website", "none")
    limit(role, "phone", "read", entity="parties.person")
    assert [level(user, name) for name in ("website", "phone", "email")] == ["none", "edit", "edit"]
    found = [level(user, name, "parties.person") for name in ("website", "phone", "email")]
    assert found == ["edit", "read", "edit"]


def test_the_most_that_any_role_gives_counts(user: Any) -> None:
    for given in ("none", "read"):
        limit(grant(user, VIEW), "website", given)
    assert level(user, "website") == "read"
    grant(user, VIEW)  # says nothing of fields, so all may be written
    assert level(user, "website") == "edit"


def test_a_role_that_only_denies_rows_opens_no_field(user: Any) -> None:
    limit(grant(user, VIEW), "website", "none")
    grant(user, (*VIEW, True, {"field": "name", "op": "is", "value": "Secret"}))
    assert level(user, "website") == "none"
    grant(user, ("parties.person", "view", "all"))  # nor one that is about other records
    assert level(user, "website") == "none"


def test_a_role_without_rows_may_open_a_field_by_name(user: Any) -> None:
    limit(grant(user, VIEW), "website", "none")
    limit(grant(user, ("parties.person", "view", "all")), "website", "read")
    assert level(user, "website") == "read"


@pytest.mark.parametrize("least", ["none", "read"])
def test_a_binding_rule_goes_before_whatever_other_roles_give(user: Any, least: str) -> None:
    limit(grant(user, VIEW), "website", "edit")
    grant(user, VIEW)
    assert level(user, "website") == "edit"
    limit(grant(user, VIEW), "website", least, deny=True)
    limit(grant(user, VIEW), "email", "none", deny=True)
    assert level(user, "website") == least and level(user, "phone") == "edit"


def test_a_binding_rule_alone_leaves_what_it_does_not_forbid(user: Any) -> None:
    limit(grant(user, ("parties.person", "view", "all")), "website", "edit", deny=True)
    assert level(user, "website") == "edit"


def test_a_binding_rule_gives_nothing(user: Any) -> None:
    limit(grant(user, VIEW), "website", "none")
    limit(grant(user, ("parties.person", "view", "all")), "website", "read", deny=True)
    assert level(user, "website") == "none"


def test_a_denial_of_sensitive_fields_hides_them_whoever_allows_them(user: Any) -> None:
    employee = "people.employee"
    grant(user, (employee, "view", "all"))
    assert level(user, "birth_date", employee) == "none"
    grant(user, (employee, "sensitive", "none"))
    assert level(user, "birth_date", employee) == "none"
    grant(user, (employee, "sensitive", "all"))
    assert level(user, "birth_date", employee) == "edit"
    limit(grant(user, (employee, "sensitive", "all", True, {"field": "position", "op": "is", "value": "Head"})), "birth_date", "read", entity=employee)  # fmt: skip
    assert level(user, "birth_date", employee) == "read" and level(user, "name", employee) == "edit"


def test_a_table_of_two_kinds_shows_what_may_be_read_in_both(user: Any) -> None:
    role = grant(user, VIEW, ("parties.person", "view", "all"))
    assert level(user, "email", "parties.party") == "edit"
    limit(role, "email", "none", entity="parties.person")
    assert level(user, "email", "parties.party") == "none" and level(user, "email") == "edit"
    assert level(user, "phone", "parties.party") == "edit"
    limit(role, "phone", "read")
    assert level(user, "phone", "parties.party") == "read"
    assert level(user, "phone", "parties.person") == "edit"


# --- values that follow from others -------------------------------------------------------------------------------------


def formula(text: str, name: str = "x_result") -> None:
    values = {"entity": "parties.company", "label": name, "name": name, "formula": text}
    writes.create(SYSTEM, registry.get("core.formulafield"), values)


def rollup(how: str, value: str = "") -> None:
    facts = {"entity": "parties.company", "label": "Rolled", "name": "x_rolled", "source": "parties.employment"}
    writes.create(SYSTEM, registry.get("core.rollupfield"), facts | {"link": "company", "how": how, "value": value})


def test_a_formula_is_read_by_who_reads_all_that_it_names(user: Any) -> None:
    formula("employees_count + 1")
    formula("x_result * 2", "x_double")
    formula("founded_year + 1", "x_other")
    role = grant(user, VIEW)
    assert {level(user, name) for name in ("x_result", "x_double", "x_other")} == {"edit"}
    limit(role, "employees_count", "none")
    assert [level(user, name) for name in ("x_result", "x_double", "x_other")] == ["none", "none", "edit"]
    limit(role, "x_result", "read")  # to name the result opens no way around
    assert level(user, "x_result") == "none"
    grant(user, VIEW)
    assert level(user, "x_result") != "none"


def test_what_follows_from_a_field_that_is_gone_is_hidden(user: Any) -> None:
    grant(user, ("*", "*", "all"))
    for needs, may in ((("parties.company", "website"), True), (("parties.company", "x_gone"), False)):
        spec: Any = SimpleNamespace(needs=frozenset({needs}), gathers=frozenset())
        assert access.may_follow(fresh(user), spec, []) is may


def test_a_formula_over_what_is_only_read_is_read(user: Any) -> None:
    formula("employees_count + 1")
    limit(grant(user, VIEW), "employees_count", "read")
    assert level(user, "x_result") != "none"


def test_a_roll_up_is_read_by_who_sees_all_records_that_it_gathers(user: Any) -> None:
    rollup("count")
    role = grant(user, VIEW, ("parties.person", "view", "own"))
    gathered = registry.get("parties.company").fields["x_rolled"].gathers
    assert gathered == frozenset({"parties.employment"})
    assert level(user, "x_rolled") == "none"
    limit(role, "x_rolled", "none")
    assert level(user, "x_rolled") == "none"
    limit(grant(user, ("activities.note", "view", "own")), "x_rolled", "read", deny=True)
    assert level(user, "x_rolled") == "none"
    grant(user, ("parties.person", "view", "all"), VIEW)
    assert level(user, "x_rolled") == "read"


def test_a_role_may_give_a_roll_up_by_name(user: Any) -> None:
    rollup("count")
    role = grant(user, VIEW, ("parties.person", "view", "own"))
    limit(role, "website", "read")
    assert level(user, "x_rolled") == "none"
    limit(role, "x_rolled", "read")
    assert level(user, "x_rolled") == "read"


def test_only_what_gives_a_roll_up_by_name_opens_it(user: Any) -> None:
    rollup("count")
    other = ("parties.person", "view", "own")
    limit(grant(user, VIEW, other), "x_rolled", "read", deny=True)
    assert level(user, "x_rolled") == "none"
    limit(grant(user, VIEW, other), "x_rolled", "none")
    assert level(user, "x_rolled") == "none"
    limit(grant(user, VIEW, other), "x_rolled", "read")
    assert level(user, "x_rolled") == "read"


def test_a_roll_up_gives_away_no_hidden_field(user: Any) -> None:
    rollup("count")
    role = grant(user, VIEW, ("parties.person", "view", "all"))
    assert level(user, "x_rolled") == "edit"
    needed = {name for label, name in registry.get("parties.company").fields["x_rolled"].needs}
    assert needed == {"company"}
    limit(role, "company", "none", entity="parties.employment")
    assert level(user, "x_rolled") == "none"


# --- who may write what ---------------------------------------------------------------------------------------------------


def test_nobody_writes_what_kith_works_out(user: Any) -> None:
    formula("employees_count + 1")
    grant(user, VIEW, EDIT, ("parties.company", "create", "all"))
    company = registry.get("parties.company")
    for actor in (fresh(user), SYSTEM):
        assert {"x_result", "created_at", "name"} <= access.readable(actor, company)
        assert access.writable(actor, company) & {"x_result", "created_at", "name"} == {"name"}
    record = factory.make("parties.company", owner=user.pk)
    for names in ({"x_result": 5}, {"created_at": "2020-01-01T00:00:00Z"}):
        with pytest.raises((Forbidden, Refused)):
            writes.save(fresh(user), record, names)
    assert company.rows(SYSTEM).get(pk=record.pk).version == record.version


def test_what_has_no_column_says_that_it_is_not_written() -> None:
    specs = [spec for entity in registry for spec in entity.fields.values() if not spec.columns]
    assert specs and not [spec.name for spec in specs if spec.editable or spec.imported]


def test_what_comes_with_an_import_is_given_to_new_records_by_who_imports(user: Any) -> None:
    deal = registry.get("sales.opportunity")
    late = {name for name, spec in deal.fields.items() if access.is_for(spec, "give")} - {
        name for name, spec in deal.fields.items() if access.is_for(spec, "edit")
    }
    assert late == {"stage_at"}
    grant(user, *(("sales.opportunity", operation, "all") for operation in ("view", "edit", "create")))
    assert access.givable(fresh(user), deal) == access.writable(fresh(user), deal) != frozenset()
    role = grant(user, ("sales.opportunity", "import", "all"))
    assert access.givable(fresh(user), deal) == access.writable(fresh(user), deal) | late
    assert access.givable(SYSTEM, deal) == access.writable(SYSTEM, deal) | late
    assert not access.writable(SYSTEM, deal) & late
    limit(role, "stage_at", "read", entity="sales.opportunity", deny=True)
    assert access.givable(fresh(user), deal) == access.writable(fresh(user), deal)
    assert "stage_at" in access.readable(fresh(user), deal)


def test_who_may_not_write_a_field_changes_nothing(user: Any) -> None:
    role = grant(user, VIEW, EDIT)
    limit(role, "website", "read")
    record = factory.make("parties.company", owner=user.pk, website="https://old.example")
    with pytest.raises(Forbidden) as refused:
        writes.save(fresh(user), record, {"website": "https://new.example", "name": "New"})
    assert refused.value.right == "parties.company:edit"
    kept: SimpleNamespace = registry.get("parties.company").rows(SYSTEM).get(pk=record.pk)
    assert (kept.website, kept.version) == ("https://old.example", record.version) and kept.name != "New"
