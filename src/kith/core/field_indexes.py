"""Indexes of custom fields: for those that are often filtered, and for those whose values are unique.

What there should be follows from the definitions; `settle` builds what is missing, beside people's work, and drops what is
no longer wanted. The expressions are those that filters compile to, so the planner finds them (docs/decisions/023), and is
told how their values are spread (`planner.Spread`): that is kept, built and dropped as the indexes are.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import IntegrityError, ProgrammingError, connection, models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from psycopg import sql

from . import custom_fields, ordering, uniqueness
from .access import SYSTEM
from .entity import Entity, registry
from .errors import Refused
from .planner import Spread, analyse
from .specs import bag_text

PREFIX = "kithx_"
TEXTS = frozenset({"text", "longtext", "richtext", "url", "mail", "phone"})
LISTS = frozenset({"words", "choices"})
#: Of these the planner is told always: records are grouped by their values, or by the currencies of their amounts. It knows of no
#: value in the bag, takes each for another one, and sorts all rows with all that they hold (measured at a million: 4.6 s against 2.2).
GROUPED = frozenset({"choice", "country", "boolean", "link", "money"})
THERE = """
SELECT c.relname, t.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
WHERE c.relname LIKE 'kithx\\_%' AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT s.stxname, t.relname, true FROM pg_statistic_ext s JOIN pg_class t ON t.oid = s.stxrelid
WHERE s.stxname LIKE 'kithx\\_%' AND s.stxnamespace = current_schema()::regnamespace
"""

DROP, DROP_BESIDE = sql.SQL("DROP INDEX IF EXISTS {}"), sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}")
FORGET = sql.SQL("DROP STATISTICS IF EXISTS {}")
#: Kinds whose values are taken out of the bag by another expression than before: their indexes are built anew.
ANEW = {"money": ".2"}
#: Uses whose names mark what is no index but told to the planner.
TOLD = ("spread", "letters", "codes")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One index that there should be (a unique one is no `models.Index` but a constraint), or what the planner shall know."""

    entity: Entity
    definition: Any
    index: Any

    @property
    def name(self) -> str:
        """Its name in the database."""
        return str(self.index.name)


def wanted() -> dict[str, Wanted]:
    """All indexes that the definitions ask for, by name."""
    rows = registry.get("core.fielddefinition").rows(SYSTEM).filter(is_retired=False)
    asked = rows.filter(Q(is_indexed=True) | Q(is_unique=True) | Q(kind__in=GROUPED)).order_by("pk")
    return {one.name: one for row in asked if (entity := registry.find(row.entity)) for one in of(entity, row)}


def of(entity: Entity, row: Any) -> Iterator[Wanted]:
    """The indexes of one definition."""
    alive = Q(deleted_at=None)
    if row.is_unique:
        rule = models.UniqueConstraint(
            uniqueness.key(row.name),
            condition=alive & Q(**entity.face),
            name=named(row.entity, row.name, row.kind, "unique"),
        )
        yield Wanted(entity, row, rule)
    for use, index in for_filters(row) if row.is_indexed else ():
        yield Wanted(entity, row, index(named(row.entity, row.name, row.kind, use), alive))
    if row.is_indexed and row.kind == "choice":  # sorted as the choices are declared
        name = named(row.entity, row.name, f"{row.kind} {row.options}", "rank")
        order = models.Index(ordering.rank(custom_fields.spec_of(row)), models.F("id"), name=name, condition=alive)
        yield Wanted(entity, row, order)
    for use, expression in for_planner(row):
        yield Wanted(entity, row, Spread(named(row.entity, row.name, row.kind, use), expression))


def for_planner(row: Any) -> Iterator[tuple[str, Any]]:
    """What is told of the values of one definition; of what lists hold the planner knows nothing."""
    spec: Any = custom_fields.spec_of(row)
    if row.is_indexed and row.kind in TEXTS:
        yield "letters", Upper(bag_text(row.name))
    if (row.is_indexed and row.kind not in LISTS | {"longtext", "richtext"}) or row.kind in GROUPED - {"money"}:
        yield "spread", spec.expression()
    if row.kind == "money":
        yield "codes", spec.currency()


def for_filters(row: Any) -> Iterator[tuple[str, Any]]:
    """How the values of one definition are filtered: words by their parts, lists by what they hold, the rest by order."""
    spec = custom_fields.spec_of(row)
    if row.kind in TEXTS:
        words = OpClass(Upper(bag_text(row.name)), name="gin_trgm_ops")
        yield "words", lambda name, alive: GinIndex(words, name=name, condition=alive)
    elif row.kind in LISTS:
        items = OpClass(KeyTransform(row.name, "custom"), name="jsonb_path_ops")
        yield "items", lambda name, alive: GinIndex(items, name=name, condition=alive)
    if row.kind not in LISTS | {"longtext", "richtext"}:
        yield "order", lambda name, alive: models.Index(spec.expression(), models.F("id"), name=name, condition=alive)


def named(label: str, name: str, kind: str, use: str) -> str:
    """A name that tells the field and never means another one, nor an expression that is no longer asked for."""
    told = hashlib.sha256(f"{label}.{name}.{kind}{ANEW.get(kind, '')}".encode()).hexdigest()[:8]
    return f"{PREFIX}{told}_{use}_{name[:30]}"


def there() -> dict[str, tuple[str, bool]]:
    """Our indexes in the database: their table, and whether they are complete."""
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        return {name: (table, bool(valid)) for name, table, valid in cursor.fetchall()}


def settle() -> dict[str, int]:
    """Build what is missing, drop what nobody wants; raises Refused for what could not be built."""
    asked, found, problems = wanted(), there(), list[str]()
    spare = [name for name, (_table, valid) in found.items() if name not in asked or not valid]
    for name in spare:
        drop(name)
    missing = [one for name, one in asked.items() if not found.get(name, ("", False))[1]]
    for one in missing:
        try:
            build(one)
        except IntegrityError:
            drop(one.name)
            problems.append(_("“%(field)s”: several records hold the same value.") % {"field": one.definition.label})
        except ProgrammingError as error:
            if not str(error.__cause__).startswith("must be owner"):
                raise
            if has_index(one.definition):
                problems.append(_("The database role of Kith may not build indexes; run “kith fields index” as the owner of the tables."))  # fmt: skip
    analyse(
        one.entity.model._meta.db_table for one in missing
    )  # nothing is known of the values of an expression before
    if problems:
        raise Refused(" ".join(dict.fromkeys(problems)))
    return {"built": len(missing), "dropped": len(spare)}


def build(one: Wanted) -> None:
    """Build one index; where no transaction is open, beside people's work."""
    beside = not connection.in_atomic_block
    with connection.schema_editor(atomic=False) as editor:
        if isinstance(one.index, Spread):
            editor.execute(one.index.create_sql(one.entity.model, editor), None)
        elif isinstance(one.index, models.UniqueConstraint):
            statement = str(one.index.create_sql(one.entity.model, editor))
            editor.execute(statement.replace("INDEX", "INDEX CONCURRENTLY", 1) if beside else statement, None)
        else:
            editor.add_index(one.entity.model, one.index, concurrently=beside)  # type: ignore[call-arg]


def drop(name: str) -> None:
    """Drop one of our indexes, or what the planner was told."""
    use = name.split("_", 3)[2]  # see `named`
    statement = FORGET if use in TOLD else DROP if connection.in_atomic_block else DROP_BESIDE
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(name)))


def field_of(entity: Entity, constraint: str) -> str:
    """The field of an entity whose unique index has this name; asked when the transaction has failed already."""
    return next(
        (
            spec.name
            for spec in entity.fields.values()
            if spec.unique and constraint == named(entity.label, spec.name, spec.type.name, "unique")
        ),
        "",
    )


def has_index(row: Any) -> bool:
    """Whether a definition asks for an index, and not only for being told to the planner."""
    return bool(row.is_indexed or row.is_unique)


def is_settled() -> bool:
    """Whether just the indexes are there that the definitions ask for; what the planner alone is told may be missing where a role may not."""
    asked, found = wanted(), {name for name, (_table, valid) in there().items() if valid}
    return {name for name, one in asked.items() if has_index(one.definition)} <= found <= asked.keys()


def states() -> dict[Any, str]:
    """For each definition with indexes, by its id: "ready" where all of them are complete, else "missing"."""
    found, told = there(), dict[Any, str]()
    for name, one in wanted().items():
        if not has_index(one.definition):
            continue
        good = found.get(name, ("", False))[1]
        told[one.definition.pk] = "ready" if good and told.get(one.definition.pk) != "missing" else "missing"
    return told
