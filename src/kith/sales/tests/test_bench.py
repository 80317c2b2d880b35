"""The rows of sales in the benchmark are what moving opportunities by hand would leave."""

import pytest
from django.db.models import Count, Q

from kith.core.access import SYSTEM
from kith.core.bench import build, parts, users
from kith.core.entity import registry
from kith.processes.entities.stage_stay import StageStay


@pytest.mark.django_db
def test_built_opportunities_have_a_way_through_the_stages(people, monkeypatch):
    monkeypatch.setattr(build, "vacuum", lambda: None)
    build.build(users.build("bench"), people=5, companies=9, changes=0, say=lambda line: None, further=parts.makers(60))
    rows = registry.get("sales.opportunity").rows(SYSTEM)
    assert rows.count() == 60 and set(rows.values_list("state", flat=True)) == {"open", "won", "lost"}
    assert not rows.filter(Q(state="open") ^ Q(closed_at=None)).exists()
    stays = StageStay.objects.filter(left_at=None).values_list("record_id", "stage_id", "entered_at")
    assert set(stays) == set(rows.values_list("pk", "stage_id", "stage_at"))
    assert not StageStay.objects.values("record_id").annotate(n=Count("pk", filter=Q(left_at=None))).exclude(n=1)
