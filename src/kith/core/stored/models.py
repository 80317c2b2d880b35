"""RollupStore: a roll-up whose values are kept, and the SQL that keeps them; RollupValue: one value of one record."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class Numeric(models.DecimalField):  # type: ignore[type-arg]
    """A number of any length, as PostgreSQL's own numeric."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"max_digits": 38, "decimal_places": 10})

    def db_type(self, connection: Any) -> str:
        """Without limits."""
        return "numeric"


class RollupStore(models.Model):
    """What the triggers of two tables run; `print` tells whether it still is what the definition asks for.

    The texts are written by `stored.texts` only. `touched_…` give the records that a write of the child table concerns (relations
    `fresh` and `gone` are its rows after and before), `made` and `unmade` the records of the parent table that came and went.
    """

    field_id = models.UUIDField(primary_key=True)
    child_table = models.CharField(max_length=63)
    parent_table = models.CharField(max_length=63)
    touched_insert = models.TextField()
    touched_update = models.TextField()
    touched_delete = models.TextField()
    made = models.TextField()
    unmade = models.TextField()
    renew = models.TextField()
    print = models.CharField(max_length=64)
    is_ready = models.BooleanField(default=False)
    built_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["child_table"], name="rollupstore_child"),
            models.Index(fields=["parent_table"], name="rollupstore_parent"),
        ]


class RollupValue(models.Model):
    """The value of one record: `number` as it is shown, `exact` where more digits of it are known, else a day or a moment."""

    pk = models.CompositePrimaryKey("field_id", "record_id")
    field_id = models.UUIDField()
    record_id = models.UUIDField()
    number = Numeric(null=True)
    exact = Numeric(null=True)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    currency = models.TextField(null=True)  # noqa: DJ001 - as the expression gives it

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["field_id", name, "record_id"], name=f"rollupvalue_{name}", condition=models.Q((f"{name}__isnull", False)))
            for name in ("number", "day", "moment")
        ]  # fmt: skip
