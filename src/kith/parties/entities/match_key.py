"""MatchKey: what a party can be recognised by, across scripts and formats; kept by `parties.matching`."""

from typing import ClassVar

from django.db import models

from .party import Party


class MatchKey(models.Model):
    """One key of one party: kind (mail, phone, name, tax, domain …) and normal form."""

    pk = models.CompositePrimaryKey("party", "kind", "key")
    # Checked and erased by `parties.matching`: a constraint would cost a third of an import. The primary key begins with it.
    party = models.ForeignKey(
        Party, on_delete=models.DO_NOTHING, related_name="match_keys", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=300)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["key", "kind"], name="matchkey_key")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"
