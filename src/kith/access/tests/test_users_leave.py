"""A user who was made by mistake can be taken back, whatever was kept for them meanwhile; links of records still hold them."""

import pytest

from kith.core import notify, undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.jobs_models import JobRun
from kith.core.ledger import ChangeSet
from kith.core.notify import Favourite, Follow, Notification
from kith.core.testing.content import content

pytestmark = pytest.mark.django_db


def test_a_user_is_undone_with_notifications_stars_and_jobs(people):
    before, users = content(), registry.get("access.user")
    user = writes.create(SYSTEM, users, {"name": "Zoe", "email": "zoe@kith.test"})
    made = ChangeSet.objects.latest("at")
    notify.tell([user.pk], "assigned", by=people.actors.eva, entity=users.label, title="x", url="/")
    Follow.objects.create(user=user, entity=users.label, record_id=people.ann.pk)
    Favourite.objects.create(user=user, entity=users.label, record_id=people.ann.pk)
    job = JobRun.objects.create(actor=user, name="test.job")
    plan = undo.undo(SYSTEM, made.pk)
    assert (plan.restored, plan.kept, content() == before) == (1, [], True)
    assert [model.objects.count() for model in (Notification, Follow, Favourite)] == [0, 0, 0]
    job.refresh_from_db()
    assert job.actor_id is None


def test_a_user_who_owns_a_record_stays_with_everything(people):
    users = registry.get("access.user")
    user = writes.create(SYSTEM, users, {"name": "Zoe", "email": "zoe@kith.test"})
    made = ChangeSet.objects.latest("at")
    writes.create(SYSTEM, registry.get("parties.company"), {"name": "Acme", "owner": user.pk})
    Favourite.objects.create(user=user, entity=users.label, record_id=people.ann.pk)
    plan = undo.undo(SYSTEM, made.pk)
    assert (plan.restored, [label for label, _title, _why in plan.kept]) == (0, ["access.user"])
    assert (users.rows(SYSTEM).filter(pk=user.pk).count(), Favourite.objects.count()) == (1, 1)
