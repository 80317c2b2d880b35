"""Which rows name something in one of their texts: a sweep over whole tables, for what must not be missed."""

import uuid
from collections.abc import Collection, Iterable
from functools import reduce

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast

from .access import SYSTEM
from .entity import Entity
from .specs import FieldSpec


def keys(entity: Entity, specs: Iterable[FieldSpec], words: Collection[str]) -> set[uuid.UUID]:
    """Ids of the rows, alive or in the trash, in which one of the words stands in one of the fields, in any case of letters."""
    columns = sorted({column for spec in specs for column in spec.columns})
    if not columns or not words:
        return set()
    texts = [Cast(F(column), TextField()) for column in columns]
    said = Func(Value(" "), *texts, function="concat_ws", output_field=TextField())
    asked = reduce(Q.__or__, (Q(said__icontains=word) for word in sorted(words)))
    return {
        key
        for trashed in (False, True)
        for key in entity.rows(SYSTEM, trashed=trashed).annotate(said=said).filter(asked).values_list("pk", flat=True)
    }
