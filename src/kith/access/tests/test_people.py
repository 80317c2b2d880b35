"""The shared people have the rights that their names promise, and the shipped roles are made once."""

import pytest

from kith.access import shipped
from kith.core.access import SYSTEM, allowed, has_system_right
from kith.core.entity import registry
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db


def test_each_person_reaches_what_the_name_says() -> None:
    people = make_people()
    company = registry.get("parties.company")
    assert {key: allowed(actor, company, "edit") for key, actor in vars(people.actors).items()} == {
        "ann": True,
        "tom": True,
        "eva": True,
        "max": False,
    }
    assert {rule.level for rule in people.actors.ann.rules} == {"own"}
    assert people.actors.tom.team_ids == {people.ann.pk, people.tom.pk}
    assert people.clients.max.get("/readyz").status_code in (200, 503)


def test_writing_users_takes_more_than_every_kind_of_record() -> None:
    people = make_people()
    users = registry.get("access.user")
    assert {key: allowed(actor, users, "create") for key, actor in vars(people.actors).items()} == {
        "ann": False,
        "tom": False,
        "eva": True,
        "max": False,
    }
    assert {key: allowed(actor, users, "view") for key, actor in vars(people.actors).items()} == {
        "ann": True,
        "tom": True,
        "eva": True,
        "max": True,
    }


def test_only_the_administrator_holds_system_rights() -> None:
    people = make_people()
    assert {key: has_system_right(actor, "audit") for key, actor in vars(people.actors).items()} == {
        "ann": False,
        "tom": False,
        "eva": True,
        "max": False,
    }


def test_shipped_roles_are_made_once() -> None:
    first, second = shipped.roles(), shipped.roles()
    assert {key: role.pk for key, role in first.items()} == {key: role.pk for key, role in second.items()}
    assert registry.get("access.role").rows(SYSTEM).count() == len(shipped.ALL)
