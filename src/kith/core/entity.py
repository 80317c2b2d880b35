"""Entity: the one declaration of a business noun, beside its model.

An Entity only names things: fields for the list, filters, sections, search, related lists, access, actions. Every
surface (list, record page, forms, API, import, export, search, audit, rights, tests) is derived from it. Names are
checked at start by `core.checks`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from .batch import Batch
from .entity_parts import OPERATION_LABELS as OPERATION_LABELS
from .entity_parts import OPERATIONS as OPERATIONS
from .entity_parts import Access as Access
from .entity_parts import Action as Action
from .entity_parts import Panel as Panel
from .entity_parts import Related as Related
from .entity_parts import Section as Section
from .fields import Link
from .registry import Registry
from .specs import ComputedSpec, FieldSpec, RefSpec, renamed, spec_of
from .types import TYPES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .access import Actor
    from .records import Record

registry = Registry()
#: Adds run-time fields of an entity label: customization and tests register here.
field_sources: list[Callable[[str], Iterable[FieldSpec]]] = []

COMMON_LABELS: dict[str, dict[str, Any]] = {"tags": {"target": "core.tag"}}


class Entity:
    """Declares a noun. Subclass it beside the model and set `model`; everything else has a sensible default."""

    model: ClassVar[type["Record"]]
    slug: str = ""
    icon: str = "circle"
    menu: str = ""
    menu_order: int = 100
    title: str = "name"
    #: Links whose targets the title (`__str__`) is made of: lists load them along.
    named_by: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    search_body: tuple[str, ...] = ()
    search_depends: tuple[str, ...] = ()
    sort: tuple[str, ...] = ("-updated_at",)
    #: Conditions of the plain list (`field:operator:value`), as chips that can be taken away.
    plain_filter: tuple[str, ...] = ()
    #: The choice or link that the columns of the board stand for, and those of its values in which a record is over.
    board: str = ""
    closed: tuple[str, ...] = ()
    #: What a card shows besides the title; without it the strip, else the columns of the list.
    card: tuple[str, ...] = ()
    #: The date or moment at which a record stands in the calendar.
    calendar: str = ""
    tree: str = ""
    #: The date or moment whose day gives the rates for its amounts; without one those of today count.
    rate_day: str = ""
    #: The field that says when a record began; nothing that is given can have been before.
    begins: str = ""
    #: Stages (`staged.Step`) of the process that an installation begins with, for records with stages.
    flow: tuple[Any, ...] = ()
    #: What is asked for when a record enters a stage of such a kind: {"lost": ("reasons", "lesson")}.
    closing: ClassVar[dict[str, tuple[str, ...]]] = {}
    #: What a record that still goes on should have: cards and its page say so when it is empty.
    expected: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    quick: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    panels: tuple[Panel, ...] = ()
    access: Access = Access()
    actions: tuple[Action, ...] = ()
    measures: tuple[str, ...] = ("count",)
    dimensions: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    #: Fields by which `recognise` tells whom incoming data are about; without them plain equality of `match` does.
    recognised_by: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    computed: tuple[ComputedSpec, ...] = ()
    #: Fewer choices than the shared column has: {"status": ("active", "lost")}.
    limits: ClassVar[dict[str, tuple[str, ...]]] = {}
    #: Other labels, help or limits for columns shared by several faces: {"name": {"label": _("company name")}}.
    facts: ClassVar[dict[str, dict[str, Any]]] = {}
    log_as: str = ""
    #: Values for examples (factory, tests, API document) where the type alone does not tell; ... stands for "fill it though optional", a function makes one.
    example: ClassVar[dict[str, Any]] = {}
    duplicates: bool = False
    has_timeline: bool = True
    in_search: bool = True
    #: Fixed condition of a face of a shared table (`kind="company"`), also set on new records.
    face: ClassVar[dict[str, Any]] = {}
    views: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and "model" in cls.__dict__:
            registry.add(cls())

    # --- identity -----------------------------------------------------------------------------------------------

    @cached_property
    def label(self) -> str:
        """Stable name, such as "parties.company"; rights, API and ledger use it."""
        return self.model._meta.label_lower

    @property
    def name(self) -> Any:
        """Singular for people: "company"."""
        return self.model._meta.verbose_name

    @property
    def plural(self) -> Any:
        """Plural for people: "companies"."""
        return self.model._meta.verbose_name_plural

    # --- fields -------------------------------------------------------------------------------------------------

    @cached_property
    def declared(self) -> dict[str, FieldSpec]:
        """Specs of columns, references and computed values, by name."""
        specs: dict[str, FieldSpec] = {}
        for column in self.model._meta.concrete_fields:
            if not self.shows(column):
                continue
            spec = spec_of(column, sensitive=column.name in self.sensitive, personal=column.name in self.personal)
            facts = (
                COMMON_LABELS.get(spec.name, {})
                | self.facts.get(spec.name, {})
                | ({"editable": False, "required": False} if spec.name in self.read_only else {})
                | ({"imported": True} if spec.name in self.model.IMPORTED else {})
            )
            if spec.name in self.limits:
                facts["choices"] = tuple(pair for pair in spec.choices if pair[0] in self.limits[spec.name])
            specs[spec.name] = renamed(spec, **facts) if facts else spec
        if hasattr(self.model, "subject_id"):
            about: dict[str, Any] = {"name": "subject", "label": _("about"), "type": TYPES["ref"]}
            specs["subject"] = RefSpec(**(about | self.facts.get("subject", {})))
        return specs | {spec.name: spec for spec in self.computed}

    def shows(self, column: Any) -> bool:
        """Whether a model column is a field for people at all."""
        bookkeeping = self.model.BOOKKEEPING - {"created_at", "created_by", "updated_at"}
        helper = column.name.endswith("_currency") or column.name in ("subject_entity", "subject_id")
        return (
            column.name not in bookkeeping
            and column.name not in self.hidden
            and column.name not in self.face
            and not helper
        )

    @property
    def fields(self) -> dict[str, FieldSpec]:
        """All specs by name: declared ones and those defined at run time in the bag."""
        found = [specs for source in field_sources if (specs := source(self.label))]
        if not found:
            return self.declared
        # Asked for with every value: joined once for as long as the sources give the same, which differs by thread.
        kept: tuple[list[Any], dict[str, FieldSpec]] | None = self.__dict__.get("_joined")
        if kept is None or kept[0] != found:
            joined = self.declared | {spec.name: spec for specs in found for spec in specs}
            kept = self.__dict__["_joined"] = (found, joined)
        return kept[1]

    def forget(self) -> None:
        """Work out anew what follows from the declaration: it has become another one."""
        derived = [name for name in self.__dict__ if isinstance(getattr(type(self), name, None), cached_property)]
        for name in derived:
            del self.__dict__[name]
        self.forget_fields()

    def forget_fields(self) -> None:
        """Work out anew what depends on the fields: run-time fields came or went."""
        self.__dict__.pop("_joined", None)

    def field(self, name: str) -> FieldSpec:
        """The spec of one field; raises LookupError that lists the valid names."""
        specs = self.fields
        if name not in specs:
            raise LookupError(f"{self.label} has no field {name!r}; there are: {', '.join(specs)}")
        return specs[name]

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of fields that must have a value."""
        return tuple(spec.name for spec in self.declared.values() if spec.required)

    @cached_property
    def list_columns(self) -> tuple[str, ...]:
        """Columns of the plain list."""
        plain = (
            name
            for name, spec in self.declared.items()
            if spec.stored and name not in ("org_unit", "created_by", "external_ids")
        )
        return self.columns or tuple(dict.fromkeys((self.title, *list(plain)[:6], "owner", "updated_at")))[:8]

    @property
    def card_fields(self) -> tuple[str, ...]:
        """What a card shows besides the title."""
        names = self.card or (*(self.strip or self.list_columns), *(("owner",) if "owner" in self.declared else ()))
        return tuple(dict.fromkeys(name for name in names if name != self.title))

    @property
    def filter_names(self) -> tuple[str, ...]:
        """Fields offered in the filter menu: the named ones first, then all that can be filtered."""
        return tuple(dict.fromkeys((*self.filters, *(spec.name for spec in self.fields.values() if spec.stored))))

    @property
    def form_sections(self) -> tuple[Section, ...]:
        """The declared sections; fields that none of them names follow in a last section, so that nothing disappears."""
        named = {name for section in self.sections for name in section.names}
        rest = tuple(
            name for name, spec in self.fields.items()
            if name not in named and (spec.editable or not self.sections) and name not in ("created_at", "created_by", "updated_at")
        )  # fmt: skip
        more = (Section(_("More") if self.sections else _("Details"), *rest),) if rest else ()
        return (*self.sections, *more)

    def links_to(self, label: str) -> list[FieldSpec]:
        """Link fields of this entity that point to `label`."""
        return [spec for spec in self.declared.values() if spec.type.name == "link" and spec.target == label]

    @cached_property
    def parts(self) -> list[tuple["Entity", str]]:
        """Entities whose records are parts of this one, with their link: they share its trash."""
        model = self.model._meta.concrete_model
        return [
            (entity, column.name)
            for entity in registry
            for column in entity.model._meta.get_fields()
            if isinstance(column, Link) and column.part_of and column.remote_field.model._meta.concrete_model is model
        ]  # fmt: skip

    # --- reading ------------------------------------------------------------------------------------------------

    def rows(self, actor: "Actor", operation: str = "view", *, trashed: bool = False) -> "QuerySet[Any]":
        """The rows on which `actor` may do `operation`: the one way in to read. Trashed rows only when asked for."""
        from .access import scoped  # access needs entities and entities need access

        return scoped(self, actor, operation, trashed=trashed)

    # --- hooks, replaced where a noun needs more ------------------------------------------------------------------

    def prepare(self, batch: Batch) -> None:
        """Complete or normalise values before validation; raise Refused to stop."""

    def derive(self, batch: Batch) -> None:
        """Write what follows from the batch (parts, copies, counters) inside the same change-set."""

    def validate(self, record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Errors by field that need more than one value to see."""
        return {}

    def warn(self, actor: "Actor", record: Any, values: dict[str, Any]) -> list[Any]:
        """Facts to confirm before saving, such as possible duplicates."""
        return []

    def search_words(self, record: Any) -> dict[str, list[str]]:
        """What the record is found by: names, phones, emails and bodies, from the fields named in `search` and `search_body`."""
        words: dict[str, list[str]] = {"names": [], "phones": [], "emails": [], "bodies": []}
        for spec, kind in self.searched:
            if value := spec.get(record):
                words[kind].append(spec.type.text(value, spec) if kind == "names" else value)
        words["bodies"] = [str(value) for name in self.search_body if (value := self.fields[name].get(record))]
        return words

    @cached_property
    def searched(self) -> tuple[tuple[FieldSpec, str], ...]:
        """The fields named in `search`, each with the kind of its words."""
        kinds = {"phone": "phones", "mail": "emails"}
        specs = [self.fields[name] for name in self.search or (self.title,)]
        return tuple((spec, kinds.get(spec.type.name, "names")) for spec in specs)

    def search_extra(self, records: Sequence[Any]) -> dict[Any, dict[str, list[str]]]:
        """Further words by record id, from parts of the records; one query for all of them."""
        return {}

    def sort_text(self, record: Any) -> str:
        """What the record is sorted by when sorted by title."""
        return str(record)

    def recognise(self, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, int]]:
        """The id of the record that each row of incoming values is certainly about (None if none), and how many it could be."""
        return [(None, 0)] * len(rows)

    def face_of(self, record: Any) -> "Entity":
        """The entity that a record is shown as; itself, except for tables with several faces."""
        return self

    def cards(self, actor: "Actor", records: Sequence[Any]) -> Iterable[Any]:
        """Address cards of records, for entities that have them (`exchange.formats.cards.Card`)."""
        return ()

    def timeline_ids(self, actor: "Actor", record: Any) -> list[tuple[str, Any]]:
        """Closely related records (label, id) that `actor` may view; what happens with them stands in this record's timeline too."""
        return []

    def work_party(self, record: Any) -> Any:
        """The id of the customer that a record is about, whom only one person works at a time: a company, a person, else itself."""
        return getattr(record, "company_id", None) or getattr(record, "person_id", None) or record.pk

    def log_kind(self, op: str, names: frozenset[str]) -> str:
        """The kind of the line in the log for a change of these fields."""
        return self.log_as or op

    def extra_access(self, actor: "Actor", operation: str) -> Any:
        """A further condition (Q) that lets `actor` do `operation`, or None."""
        return None


def extend(label: str, **additions: Any) -> None:
    """Add to an entity of another app: `extend("parties.company", related=(…,), columns=(…,))` appends to its tuples."""
    entity = registry.get(label)
    for name, values in additions.items():
        present = getattr(entity, name)
        if not isinstance(present, tuple):
            raise TypeError(f"{label}.{name} is no list of names and cannot be extended")
        setattr(entity, name, (*present, *values))
    entity.forget()
