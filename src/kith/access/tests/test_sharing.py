"""Sharing a record: by whoever has the right to share that very record, with one receiver, and by the rules of its own page."""

from typing import Any

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, KithError, Refused
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_group, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> Any:
    return make_user("Una")


@pytest.fixture
def other() -> Any:
    return make_user("Otto")


def of(record: Any, **more: Any) -> dict[str, Any]:
    return {"subject": {"entity": "parties.company", "id": str(record.pk)}, **more}


def share(actor: Any, values: dict[str, Any]) -> Any:
    return writes.create(actor, registry.get("access.share"), values)


def shares() -> int:
    return registry.get("access.share").rows(SYSTEM).count()


def test_the_right_to_share_is_asked_for_that_very_record(user: Any, other: Any) -> None:
    mine, theirs = (factory.make("parties.company", owner=one.pk) for one in (user, other))
    grant(user, ("parties.company", "view", "all"), ("parties.company", "share", "own"))
    made = share(fresh(user), of(mine, user=other.pk))
    assert (made.subject_id, made.user_id, made.level) == (mine.pk, other.pk, "view")
    with pytest.raises(Forbidden) as refused:
        share(fresh(user), of(theirs, user=user.pk))
    assert refused.value.right == "parties.company:share" and shares() == 1


def test_to_see_and_to_edit_is_not_to_share(user: Any, other: Any) -> None:
    mine = factory.make("parties.company", owner=user.pk)
    grant(user, ("parties.company", "view", "all"), ("parties.company", "edit", "all"), ("parties.person", "share", "all"))  # fmt: skip
    with pytest.raises(Forbidden):
        share(fresh(user), of(mine, user=other.pk))
    assert shares() == 0
    grant(user, ("parties.company", "share", "all"))
    assert share(fresh(user), of(mine, user=other.pk)) and shares() == 1


def test_a_share_is_not_moved_to_a_record_that_may_not_be_shared(user: Any, other: Any) -> None:
    mine, theirs = (factory.make("parties.company", owner=one.pk) for one in (user, other))
    grant(user, ("parties.company", "view", "all"), ("parties.company", "share", "own"), ("parties.company", "edit", "all"))  # fmt: skip
    made = share(fresh(user), of(mine, user=other.pk))
    with pytest.raises(Forbidden):
        writes.save(fresh(user), made, of(theirs))
    kept = registry.get("access.share").rows(SYSTEM).get(pk=made.pk)
    assert (kept.subject_id, kept.level, kept.version) == (mine.pk, "view", made.version)
    assert writes.save(fresh(user), made, {"level": "edit"}).level == "edit"


def test_what_is_shared_may_be_read_and_is_not_shared_on(user: Any, other: Any) -> None:
    theirs = factory.make("parties.company", owner=other.pk)
    share(SYSTEM, of(theirs, user=user.pk, level="edit"))
    assert registry.get("parties.company").rows(fresh(user)).get() == theirs
    with pytest.raises(Forbidden):
        share(fresh(user), of(theirs, user=make_user("Third").pk))
    assert shares() == 1


@pytest.mark.parametrize("given", [(), ("user", "group")])
def test_a_share_has_exactly_one_receiver(user: Any, given: tuple[str, ...]) -> None:
    record, receivers = factory.make("parties.company"), {"user": user.pk, "group": make_group("Some").pk}
    with pytest.raises(Refused) as refused:
        share(SYSTEM, of(record, **{name: receivers[name] for name in given}))
    assert list(refused.value.errors) == ["user"] and shares() == 0
    for name, receiver in receivers.items():
        made = share(SYSTEM, of(record, **{name: receiver}))
        with pytest.raises(Refused):
            writes.save(SYSTEM, made, {name: None})
        assert getattr(made, f"{name}_id") == receiver
    assert shares() == 2


def test_a_share_has_a_record(user: Any) -> None:
    with pytest.raises(Refused) as refused:
        share(SYSTEM, {"user": user.pk})
    assert "subject" in refused.value.errors and shares() == 0
    gone = factory.make("parties.company")
    writes.delete(SYSTEM, registry.get("parties.company"), [gone.pk])
    with pytest.raises(Refused) as refused:
        share(SYSTEM, of(gone, user=user.pk))
    assert list(refused.value.errors) == ["subject"] and shares() == 0


def test_of_an_unknown_kind_nothing_is_shared(user: Any) -> None:
    values = {"subject": {"entity": "parties.nothing", "id": str(user.pk)}, "user": user.pk}
    grant(user, ("*", "*", "all"))
    for actor in (SYSTEM, fresh(user)):
        with pytest.raises(KithError) as refused:
            share(actor, values)
        assert not isinstance(refused.value, Forbidden)
    assert shares() == 0
