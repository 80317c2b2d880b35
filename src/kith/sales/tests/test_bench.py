"""The rows of sales in the benchmark are what moving opportunities by hand would leave."""

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.bench import build, check, nights, parts, users
from kith.core.bench.press import Press
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.stored.models import RollupValue
from kith.processes.entities.stage_stay import StageStay


@pytest.mark.django_db
def test_built_opportunities_have_a_way_through_the_stages(people):
    build.build(users.build("bench"), people=5, companies=9, changes=0, say=lambda line: None, further=parts.makers(60))
    rows = registry.get("sales.opportunity").rows(SYSTEM)
    assert rows.count() == 60 and set(rows.values_list("state", flat=True)) == {"open", "won", "lost"}
    assert not rows.filter(Q(state="open") ^ Q(closed_at=None)).exists()
    stays = StageStay.objects.filter(left_at=None).values_list("record_id", "stage_id", "entered_at")
    assert set(stays) == set(rows.values_list("pk", "stage_id", "stage_at"))
    assert not StageStay.objects.values("record_id").annotate(n=Count("pk", filter=Q(left_at=None))).exclude(n=1)


@pytest.mark.django_db
def test_copies_are_what_the_write_path_stores(people):
    press = Press(None, 3)
    crew = users.build("bench")
    quiet = {"say": lambda line: None, "press": press, "further": parts.makers(1000)}
    build.build(crew, people=1000, companies=1000, changes=900, activities=1500, **quiet)
    counts = {label: registry.get(label).rows(SYSTEM).count() for label in ("parties.person", "parties.company", "sales.opportunity")}  # fmt: skip
    assert set(counts.values()) == {1002} and len(press.known.phones) > 600
    rows = registry.get("parties.person").rows(SYSTEM)
    assert rows.values("email").distinct().count() == rows.values("created_at").distinct().count() * 334 == 1002
    check.check()
    for broken in (
        "UPDATE parties_party SET sort_key = sort_key || 'x'",
        "DELETE FROM parties_matchkey WHERE kind = 'phone'",
        "UPDATE parties_contactpoint SET created_at = created_at + interval '1 s'",
    ):
        with pytest.raises(RuntimeError, match="not what the write path stores"):
            tampered(broken)


def tampered(statement):
    """Check rows that somebody has changed; nothing of it stays."""
    with transaction.atomic():
        with maintenance("bench"), connection.cursor() as cursor:
            cursor.execute(statement)
        check.check()


@pytest.mark.django_db
def test_the_night_keeps_totals_and_roll_ups_that_hold(people):
    rows = registry.get("parties.company"), registry.get("sales.opportunity")
    companies = [writes.create(SYSTEM, rows[0], {"name": name}) for name in ("Nord AS", "Sud SA", "Ost AG")]
    for company in companies[:2]:
        writes.create(SYSTEM, rows[1], {"name": "Deal", "company": company.pk, "budget": {"amount": "5", "currency": "EUR"}})  # fmt: skip
    count = rows[0].rows(SYSTEM).count()
    said = nights.told()
    assert "0 differ;" in said and f"{count} values built" in said and "0 of 2,000 looked at differ" in said
    assert RollupValue._base_manager.filter(number=5).update(number=6) == 2
    assert "2 of 2,000 looked at differ" in nights.roll_up()
