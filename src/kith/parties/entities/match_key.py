"""MatchKey: what a party can be recognised by, across scripts and formats; kept by `parties.matching`."""

from typing import Any, ClassVar

from django.db import models

from .party import Party


class MatchKey(models.Model):
    """One key of one party: kind (mail, phone, name, tax, domain …) and normal form."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="match_keys")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=300)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["key", "kind"], name="matchkey_key")]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["party", "kind", "key"], name="matchkey_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"
