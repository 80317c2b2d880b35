"""FieldSpec: one field of an entity, wherever it is stored; every surface loops over these and never over `_meta`.

Four storages: a column, an amount with its currency, a reference in two columns, a key of the JSON bag; and computed
values, which are never stored.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, JSONField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from . import fields as kf
from .money import Money
from .types import TYPES, FieldType, Ref

BAG_FIELDS: dict[str, "models.Field[Any, Any]"] = {
    "text": models.TextField(),
    "numeric": models.DecimalField(max_digits=30, decimal_places=10),
    "boolean": models.BooleanField(),
    "uuid": models.UUIDField(),
    "jsonb": models.JSONField(),
}


class Plain(Func):
    """A text as a number with the decimals it has."""

    template = "(%(expressions)s)::numeric"
    output_field = BAG_FIELDS["numeric"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """What a field is called, what values it takes and where they live."""

    name: str
    label: Any
    type: FieldType
    help: Any = ""
    required: bool = False
    editable: bool = True
    choices: tuple[tuple[str, Any], ...] = ()
    hues: dict[str, str] = field(default_factory=dict)
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    target: str = ""
    default: Any = None
    sensitive: bool = False
    personal: bool = False
    part_of: bool = False
    about: str = ""
    #: Whether it is a condition that decides for others: none of those hangs on a saved view (`core.deciding`).
    decides: bool = False
    #: Not editable, but whoever may import can give it to a new record.
    imported: bool = False
    #: What a text has to look like: a regular expression that all of it fits.
    pattern: str = ""
    #: Whether no two records may hold the same value; `core.uniqueness` sees to those in the bag.
    unique: bool = False
    #: Whether records are found by its words, though their declaration does not name it.
    searched: bool = False
    #: Whether those words count for less than the others.
    searched_low: bool = False
    #: Not editable, but shown among the others on the page of a record.
    shown: bool = False
    #: Fields (label, name) that the value follows from: whoever may not read one of them does not read it.
    needs: frozenset[tuple[str, str]] = frozenset()
    #: Kinds of other records whose values it gives away: it is for those who may view all of them, or are allowed it by name.
    gathers: frozenset[str] = frozenset()
    #: Where worked out values are kept (`stored.reading.Kept`), if they are: lists are sorted by them along an index.
    kept: Any = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Attribute names of the model that hold the value."""
        return (self.name,)

    @property
    def path(self) -> str:
        """ORM path for filters and ordering."""
        return self.name

    @property
    def ops(self) -> tuple[str, ...]:
        """The operators of conditions on it; a link to a tree can also be asked for a whole branch."""
        from .entity import registry  # entities are made of specs

        target = registry.find(self.target) if self.target and self.type.name == "link" else None
        return (
            (*self.type.ops[:1], "within", *self.type.ops[1:]) if target is not None and target.tree else self.type.ops
        )

    @property
    def stored(self) -> bool:
        """Whether the value lives in the row at all."""
        return True

    @property
    def is_bag(self) -> bool:
        """Whether the value lives in the JSON bag."""
        return False

    def expression(self, prefix: str = "") -> Any:
        """The value as an ORM expression, `prefix` being the relation path to the row."""
        return models.F(prefix + self.path)

    def summand(self) -> Any:
        """Its value as it is added up: the same number, in a bag not rounded to decimals that it has none of (a quarter of such a sum)."""
        return self.expression()

    def currency(self, prefix: str = "") -> Any:
        """The currency of an amount as an ORM expression."""
        return models.F(f"{prefix}{self.name}_currency")

    def get(self, record: Any) -> Any:
        """The Python value of a record."""
        return getattr(record, self.name)

    def put(self, record: Any, value: Any) -> None:
        """Set the value on a record in memory."""
        setattr(record, self.name, value)

    @property
    def sortable(self) -> bool:
        """Whether a list may be sorted by this field."""
        return self.stored and self.type.sortable


class ColumnSpec(FieldSpec):
    """A field in a column of its own."""

    __slots__ = ()

    def put(self, record: Any, value: Any) -> None:
        if value is None and not (column := record._meta.get_field(self.name)).null:
            value = column.get_default() if column.has_default() else ""
        setattr(record, self.name, value)

    def get(self, record: Any) -> Any:
        value = getattr(record, self.name)
        return None if value == "" else value


class LinkSpec(FieldSpec):
    """A link in a foreign key column; the value is the id of the target."""

    __slots__ = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name + "_id",)

    @property
    def path(self) -> str:
        return self.name + "_id"

    def get(self, record: Any) -> Any:
        return getattr(record, self.name + "_id")

    def put(self, record: Any, value: Any) -> None:
        setattr(record, self.name + "_id", value)


class MoneySpec(FieldSpec):
    """An amount and its currency in two columns."""

    __slots__ = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name, self.name + "_currency")

    def get(self, record: Any) -> Any:
        amount = getattr(record, self.name)
        return None if amount is None else Money(amount, getattr(record, self.name + "_currency"))

    def put(self, record: Any, value: Any) -> None:
        setattr(record, self.name, value.amount if value else None)
        setattr(record, self.name + "_currency", value.currency if value else "")


class RefSpec(FieldSpec):
    """A reference to a record of any entity in `<name>_entity` and `<name>_id`."""

    __slots__ = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name + "_entity", self.name + "_id")

    @property
    def path(self) -> str:
        return self.name + "_id"

    def get(self, record: Any) -> Any:
        key = getattr(record, self.name + "_id")
        return None if key is None else Ref(getattr(record, self.name + "_entity"), key)

    def put(self, record: Any, value: Any) -> None:
        setattr(record, self.name + "_entity", value.entity if value else "")
        setattr(record, self.name + "_id", value.id if value else None)


def bag_text(name: str, prefix: str = "") -> Any:
    """The text of a key of the bag as an expression; not by `KT`, which takes "x_a__b" for a key inside another one."""
    return KeyTextTransform(name, f"{prefix}custom")


class Step(Func):
    """One step into a bag, so that the next one is another step and not the end of a path."""

    template = "%(expressions)s"
    output_field = JSONField()


def bag_part(name: str, part: str, prefix: str = "") -> Any:
    """The text of a part of a value of the bag; step by step, for PostgreSQL takes twice as long for a path (`#>>`)."""
    return KeyTextTransform(part, Step(KeyTransform(name, f"{prefix}custom")))


class BagSpec(FieldSpec):
    """A key of the JSON bag; written only when set."""

    __slots__ = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return ("custom",)

    @property
    def is_bag(self) -> bool:
        return True

    def expression(self, prefix: str = "") -> Any:
        if self.type.name == "address":
            from .address_fields import whole_text  # it makes specs

            return whole_text(self.name, prefix)
        text = bag_part(self.name, "amount", prefix) if self.type.name == "money" else bag_text(self.name, prefix)
        return text if self.type.bag_cast == "text" else Cast(text, BAG_FIELDS[self.type.bag_cast])

    def summand(self) -> Any:
        found = self.expression()
        return Plain(*found.get_source_expressions()) if self.type.bag_cast == "numeric" else found

    def currency(self, prefix: str = "") -> Any:
        return bag_part(self.name, "currency", prefix)

    def get(self, record: Any) -> Any:
        raw = record.custom.get(self.name)
        return None if raw is None else self.type.load(raw, self)

    def put(self, record: Any, value: Any) -> None:
        bag = dict(record.custom)
        if self.type.is_empty(value):
            bag.pop(self.name, None)
        else:
            bag[self.name] = self.type.dump(value, self)
        record.custom = bag


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedSpec(FieldSpec):
    """A value computed from the record: `compute(record)`; with `sql` it can be filtered and sorted.

    With `where(op, value, actor, me)`, a Q, it can be filtered by a condition of its own; without `compute` it is only
    asked for and never shown ("in customer group"). `follows(keys)` says in words why a condition on it that names these
    records, or none of them by name (None), hangs on a saved view; None if it does not.
    """

    compute: Callable[[Any], Any] | None = None
    sql: Any = None
    where: Any = None
    follows: Callable[[Collection[UUID] | None], Any] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    @property
    def stored(self) -> bool:
        return self.sql is not None or self.where is not None

    @property
    def sortable(self) -> bool:
        return self.sql is not None and self.type.sortable

    def get(self, record: Any) -> Any:
        return None if self.compute is None else self.compute(record)

    def put(self, record: Any, value: Any) -> None:
        raise TypeError(f"{self.name} is computed")

    def expression(self, prefix: str = "") -> Any:
        if self.sql is None:
            raise TypeError(f"{self.name} cannot be used in a query")
        return self.sql(prefix)


KINDS: "tuple[tuple[type[models.Field[Any, Any]], str], ...]" = (
    (kf.RichTextField, "richtext"), (kf.FormulaField, "formula"), (kf.PhoneField, "phone"), (kf.MailField, "mail"), (kf.WebField, "url"),
    (kf.CountryField, "country"), (kf.StoredFileField, "file"), (kf.PercentField, "percent"), (kf.MoneyField, "money"),
    (models.ForeignKey, "link"), (models.BooleanField, "boolean"), (models.DateTimeField, "moment"), (models.DateField, "date"),
    (kf.TranslationsField, "translations"), (models.IntegerField, "number"), (models.DecimalField, "number"), (kf.ConditionField, "condition"), (models.JSONField, "json"), (models.TextField, "longtext"),
    (models.CharField, "text"),
)  # fmt: skip


def kind_of(column: "models.Field[Any, Any]") -> str:
    """The name of the field type that fits a model field."""
    if isinstance(column, ArrayField) and column.base_field.choices:
        return "choices"
    if isinstance(column, ArrayField):
        return "tags" if isinstance(column.base_field, models.UUIDField) else "words"
    if column.choices:
        return "choice"
    return next(name for kind, name in KINDS if isinstance(column, kind))


def number_limits(column: "models.Field[Any, Any]") -> dict[str, Any]:
    """Least and greatest value and decimals that the column can hold."""
    if isinstance(column, models.DecimalField):
        whole = Decimal(10) ** ((column.max_digits or 18) - (column.decimal_places or 0))
        return {"minimum": -whole + 1, "maximum": whole - 1, "decimals": column.decimal_places or 0}
    if isinstance(column, models.IntegerField):
        big = isinstance(column, models.BigIntegerField)
        least, greatest = (-(2**63), 2**63 - 1) if big else (-(2**31), 2**31 - 1)
        if isinstance(column, models.PositiveSmallIntegerField | models.SmallIntegerField):
            least, greatest = -(2**15), 2**15 - 1
        if type(column).__name__.startswith("Positive"):
            least = 0
        return {"minimum": Decimal(least), "maximum": Decimal(greatest)}
    return {}


def spec_of(column: "models.Field[Any, Any]", *, sensitive: bool = False, personal: bool = False) -> FieldSpec:
    """The FieldSpec of a model field."""
    kind = kind_of(column)
    default = column.get_default() if column.has_default() and not callable(column.default) else None
    facts: dict[str, Any] = {
        "name": column.name, "label": column.verbose_name, "type": TYPES[kind], "help": column.help_text, "editable": column.editable,
        "required": column.editable and not column.blank and not column.null and kind != "boolean" and not column.has_default(), "sensitive": sensitive, "personal": personal,
        "max_length": getattr(column, "max_length", None), "default": default, **number_limits(column),
    }  # fmt: skip
    if kind in ("choice", "choices"):
        source = column.base_field if isinstance(column, ArrayField) else column
        facts["choices"] = tuple((str(key), label) for key, label in source.flatchoices)
        enum = getattr(source, "enum", None)
        facts["hues"] = {str(member): member.hue for member in enum} if enum is not None else {}
    if isinstance(column, kf.ConditionField):
        facts |= {"about": column.about, "decides": column.decides}
    if kind == "link":
        related = column.remote_field.model  # type: ignore[union-attr]
        facts |= {
            "target": related if isinstance(related, str) else related._meta.label_lower,
            "part_of": getattr(column, "part_of", False),
        }
        return LinkSpec(**facts)
    return (MoneySpec if kind == "money" else ColumnSpec)(**facts)


def renamed(spec: FieldSpec, **facts: Any) -> FieldSpec:
    """A copy of a spec with other facts (label, required, sensitive …)."""
    return replace(spec, **facts)
