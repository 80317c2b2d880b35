"""H1: departments and employees form trees; circles are refused and change nothing."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change

pytestmark = pytest.mark.django_db


def make(label, **values):
    return writes.create(SYSTEM, registry.get(label), values)


@pytest.mark.parametrize(("label", "link"), [("people.orgunit", "parent"), ("people.employee", "manager")])
def test_no_circle_however_long(label, link):
    top = make(label, name="Top")
    middle = make(label, name="Middle", **{link: top.pk})
    low = make(label, name="Low", **{link: middle.pk})
    count = Change.objects.count()
    for record, target in ((top, low), (top, middle), (top, top), (middle, low)):
        with pytest.raises(Refused) as refused:
            writes.save(SYSTEM, record, {link: target.pk})
        assert list(refused.value.errors) == [link]
    assert Change.objects.count() == count
    writes.save(SYSTEM, low, {link: top.pk})
    assert Change.objects.count() == count + 1


def test_one_account_belongs_to_one_employee():
    user = make("access.user", name="Ann", email="ann@kith.example")
    make("people.employee", name="Ann", user=user.pk)
    with pytest.raises(Refused) as refused:
        make("people.employee", name="Anna", user=user.pk)
    assert "already belongs" in str(next(iter(refused.value.errors.values()))[0])
    assert registry.get("people.employee").rows(SYSTEM).count() == 1


def test_an_absence_ends_after_it_began():
    with pytest.raises(Refused) as refused:
        make("people.employee", name="Ann", absent_from="2026-07-20", absent_to="2026-07-19")
    assert list(refused.value.errors) == ["absent_to"]


def test_employees_sort_by_family_name():
    for name in ("Zoya Adams", "Ann Zorn", "Иван Петрович Ёлкин"):
        make("people.employee", name=name)
    assert [row.name for row in registry.get("people.employee").rows(SYSTEM).order_by("sort_key", "pk")] == [
        "Zoya Adams",
        "Ann Zorn",
        "Иван Петрович Ёлкин",
    ]
