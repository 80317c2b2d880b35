"""Who looks after fields learns nothing of what is not theirs to see: private views of others, kinds of records they may not see."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.testing.people import fresh, grant

pytestmark = pytest.mark.django_db
FIELDS, FORMULAS, VIEWS = (registry.get(label) for label in ("core.fielddefinition", "core.formulafield", "core.view"))
ASKS = {"field": "x_risk", "op": "filled"}


@pytest.fixture
def keeper(people):
    """Max, who may change fields of companies and see no deals."""
    kinds = ("core.fielddefinition", "core.formulafield")
    grant(people.max, *((kind, verb, "all") for kind in kinds for verb in ("create", "edit", "delete")), ("parties.company", "view", "all"))  # fmt: skip
    return fresh(people.max)


def view(user, name, **values):
    return writes.create(SYSTEM, VIEWS, {"name": name, "entity": "parties.company", "owner": user.pk, **values})


def rows():
    return (
        sorted(FIELDS.rows(SYSTEM).values_list("label", "is_retired")),
        sorted(FORMULAS.rows(SYSTEM).values_list("label", "formula")),
    )


def test_a_field_in_use_tells_only_the_number_of_the_views_of_others(people, keeper):
    field = writes.create(
        SYSTEM, FIELDS, {"entity": "parties.company", "label": "Risk", "name": "x_risk", "kind": "text"}
    )
    view(people.ann, "Takeover of Lind", filter=ASKS), view(people.tom, "Layoffs", filter=ASKS)
    before, here = rows(), f"/settings/objects/companies/field/{field.pk}"
    for acts, words in (
        (lambda: people.clients.max.get(here), "2 records that you may not see"),
        (lambda: people.clients.max.post(f"{here}/delete"), "is used by: 2 records that you may not see. Take"),
        (lambda: people.clients.max.post(f"{here}/retire"), "is used by: 2 records that you may not see. Take"),
    ):
        html = acts().content.decode()
        assert words in html and "Takeover" not in html and "Layoffs" not in html
    view(people.max, "My own", filter=ASKS), view(people.ann, "For all", columns=["x_risk"], is_public=True)
    html = people.clients.max.get(here).content.decode()
    assert "My own" in html and "For all" in html and "and 2 that you may not see" in html and "Takeover" not in html
    with pytest.raises(Refused) as refused:
        writes.delete(keeper, FIELDS, [field.pk])
    assert "is used by: View “My own”; and 2 that you may not see. Take" in str(refused.value.errors[""][0])
    assert rows() == before


def test_a_formula_in_use_tells_only_the_number_of_the_views_of_others(people, keeper):
    values = {"entity": "parties.company", "label": "Size", "name": "x_risk", "formula": "employees_count * 2"}
    made = writes.create(SYSTEM, FORMULAS, values)
    view(people.ann, "Takeover of Lind", columns=["name", "x_risk"])
    before = rows()
    for act in (
        lambda: writes.delete(keeper, FORMULAS, [made.pk]),
        lambda: writes.save(keeper, made, {"formula": "name"}),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert "1 record that you may not see" in str(refused.value.errors[""][0])
        assert "Takeover" not in str(refused.value.errors)
        assert rows() == before
    with pytest.raises(Refused) as refused:
        writes.delete(people.actors.eva, FORMULAS, [made.pk])
    assert "View “Takeover of Lind”" in str(refused.value.errors[""][0])


def test_a_kind_of_record_that_one_may_not_see_has_no_page_of_fields(people, keeper):
    field = writes.create(
        SYSTEM, FIELDS, {"entity": "sales.opportunity", "label": "Risk", "name": "x_risk", "kind": "text"}
    )
    before, here, max_ = rows(), "/settings/objects/opportunities", people.clients.max
    assert max_.get("/settings/objects/companies").status_code == 200
    for address in ("", "/field/new", f"/field/{field.pk}"):
        assert max_.get(f"{here}{address}").status_code == 404
        assert people.clients.eva.get(f"{here}{address}").status_code == 200
    sent = {"label": "Other", "kind": "text"}
    for address in (
        "/order",
        "/field/new",
        f"/field/{field.pk}",
        f"/field/{field.pk}/delete",
        f"/field/{field.pk}/retire",
    ):
        assert max_.post(f"{here}{address}", sent).status_code == 404
    assert rows() == before
