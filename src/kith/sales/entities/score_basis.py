"""ScoreBasis: how often each value was seen in what was won and lost; scores are computed from it. No entity: it is counted anew."""

from django.db import models


class ScoreBasis(models.Model):
    """The counts of one kind of record, by team, as `scoring_basis` wrote them."""

    entity = models.CharField(max_length=60, primary_key=True)
    counts = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.entity
