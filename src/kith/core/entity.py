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
from .wording import told

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .access import Actor
    from .records import Record

registry = Registry()
#: Adds run-time fields of an entity label: customization and tests register here.
field_sources: list[Callable[[str], Iterable[FieldSpec]]] = []
#: Where is kept what holds as long as run-time fields and kinds of record stay the same; None while they are not known.
memories: list[Callable[[], dict[Any, Any] | None]] = []

#: Name the fields of an entity label that layouts call otherwise (`core.wording`); layouts register here.
word_sources: list[Callable[[str], frozenset[str]]] = []
#: Adds related lists of records whose kind was made at run time.
related_sources: list[Callable[["Entity"], tuple[Related, ...]]] = []
#: What apps give every kind of record (see on_every).
_every: list[Callable[["Entity"], None]] = []


def memory() -> dict[Any, Any] | None:
    """What `memories` has: custom fields bring the one there is."""
    return memories[0]() if memories else None


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
    #: What `sort_text` is made of, where it says more than the title does.
    sort_depends: tuple[str, ...] = ()
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
    #: Fields that follow from others without a line in the ledger: what they were is not known.
    untold: tuple[str, ...] = ()
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
    #: Months after which a value has to be confirmed again, by field; settings may say otherwise.
    fresh: ClassVar[dict[str, int]] = {}
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
    #: Whether its records belong to what administrators configure, which `kith config` carries between installations.
    is_configuration: bool = False
    #: The fields by which such a record is the same in every installation (of a part: within its whole); files name records by them.
    natural_key: tuple[str, ...] = ()
    #: Records of this kind can stand twice: they are looked for, compared and merged.
    duplicates: bool = False
    #: Fields that a merge does not decide about: they go with the record that stays.
    merge_fixed: tuple[str, ...] = ()
    #: Fields by which two parts of records that are merged are the same, besides unique constraints.
    natural: tuple[str, ...] = ()
    #: Fields that show what parts say; a merge leaves them to the parts that moved.
    shown_of_parts: tuple[str, ...] = ()
    has_timeline: bool = True
    in_search: bool = True
    #: Records name the one they are about in `subject`, but have rights of their own.
    names_subject: bool = False
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
        if self.fresh:
            from .freshness import spec_for  # freshness asks the ledger, which holds models

            specs["stale"] = spec_for(self, specs)
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
        known = memory()
        kept = None if known is None else known.get(self.label)
        if kept is not None and kept[0] is self.declared and kept[1] == len(field_sources):
            return kept[2]  # type: ignore[no-any-return]
        found = [specs for source in field_sources if (specs := source(self.label))]
        words = [names for source in word_sources if (names := source(self.label))]
        joined = self.declared
        if found or words:
            joined = joined | {spec.name: spec for specs in found for spec in specs}
            joined |= {name: told(self.label, joined[name]) for names in words for name in names if name in joined}
        if known is not None:
            known[self.label] = (self.declared, len(field_sources), joined)
        return joined

    @property
    def relations(self) -> tuple[Related, ...]:
        """The related lists: those that are declared, then those of kinds of record made at run time."""
        return (*self.related, *(item for source in related_sources for item in source(self)))

    def forget(self) -> None:
        """Work out anew what follows from the declaration: it has become another one."""
        derived = [name for name in self.__dict__ if isinstance(getattr(type(self), name, None), cached_property)]
        for name in derived:
            del self.__dict__[name]

    def field(self, name: str) -> FieldSpec:
        """The spec of one field; raises LookupError that lists the valid names."""
        specs = self.fields
        if name not in specs:
            raise LookupError(f"{self.label} has no field {name!r}; there are: {', '.join(specs)}")
        return specs[name]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of fields that must have a value."""
        return tuple(spec.name for spec in self.fields.values() if spec.required)

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
            if name not in named and (spec.editable or spec.shown or not self.sections) and name not in ("created_at", "created_by", "updated_at")
        )  # fmt: skip
        more = (Section(_("More") if self.sections else _("Details"), *rest),) if rest else ()
        return (*self.sections, *more)

    def links_to(self, label: str) -> list[FieldSpec]:
        """Link fields of this entity that point to `label`."""
        return [spec for spec in self.fields.values() if spec.type.name == "link" and spec.target == label]

    @property
    def is_about(self) -> bool:
        """Whether records are about another one, of any kind."""
        return self.access.subject or self.names_subject

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

    def rows(
        self, actor: "Actor", operation: str = "view", *, trashed: bool = False, walked: bool = False, about: Iterable[str] = (),
    ) -> "QuerySet[Any]":  # fmt: skip
        """The rows on which `actor` may do `operation`: the one way in to read. Trashed rows only when asked for.

        Say `walked` where many rows are gone through, as by a list or a report: then rights are asked row by row. Name in
        `about` the kinds of subjects where only activities about those are wanted: then no other rights are asked.
        """
        from .access import scoped  # access needs entities and entities need access

        return scoped(self, actor, operation, trashed=trashed, walked=walked, about=about)

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
                words[kind].append(
                    value if isinstance(value, str) and kind != "names" else spec.type.words(value, spec)
                )
        words["bodies"] += [str(value) for name in self.search_body if (value := self.fields[name].get(record))]
        return words

    @property
    def searched(self) -> tuple[tuple[FieldSpec, str], ...]:
        """The fields named in `search` and those that were made searchable, each with the kind of its words."""
        fields = self.fields
        kept: tuple[Any, tuple[tuple[FieldSpec, str], ...]] | None = self.__dict__.get("_searched")
        if kept is None or kept[0] is not fields:
            kinds = {"phone": "phones", "mail": "emails", "longtext": "bodies"}
            specs = [fields[name] for name in self.search or (self.title,)]
            own = [spec for spec in fields.values() if spec.searched and spec not in specs]
            found = [(spec, kinds.get(spec.type.name, "names")) for spec in specs]
            found = [(spec, "names" if kind == "bodies" else kind) for spec, kind in found]
            found += [(spec, "bodies" if spec.searched_low else kinds.get(spec.type.name, "names")) for spec in own]
            kept = self.__dict__["_searched"] = (fields, tuple(found))
        return kept[1]

    @property
    def found_by(self) -> frozenset[str]:
        """Names of the fields whose change may change what a record is found by."""
        own = (spec.name for spec in self.fields.values() if spec.searched)
        return frozenset((self.title, *self.search, *self.search_body, *self.search_depends, *own))

    def search_extra(self, records: Sequence[Any]) -> dict[Any, dict[str, list[str]]]:
        """Further words by record id, from parts of the records; one query for all of them."""
        return {}

    def sort_text(self, record: Any) -> str:
        """What the record is sorted by when sorted by title."""
        return str(record)

    def recognise(self, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, int]]:
        """The id of the record that each row of incoming values is certainly about (None if none), and how many it could be."""
        return [(None, 0)] * len(rows)

    def merge_rank(self, record: Any) -> tuple[Any, ...]:
        """The lowest survives a merge unless another one is chosen (R32); equal ones by age."""
        return ()

    def merge_check(self, ranked: Sequence[Any]) -> None:
        """Refuse to merge records that do not belong together, the first being the one that would stay; raises Refused."""

    def merge_values(self, ranked: Sequence[Any]) -> dict[str, Any]:
        """Values of the survivor, the first of these, that follow another rule than "what it lacks"."""
        return {}

    def merge_parts(self, survivor: Any, others: Sequence[Any]) -> None:
        """Settle, before the parts of the others move, which ones stay the primary ones."""

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

    # --- configuration as files (core.configuration), for nouns that are not simply created, changed and thrown away ----

    def configured(self) -> "QuerySet[Any]":
        """Those of its rows that are configuration; for instance no drafts."""
        from .access import SYSTEM  # access needs entities and entities need access

        return self.rows(SYSTEM)

    def open_configured(self, actor: "Actor", record: Any, changes: Sequence[Any]) -> Any:
        """The record into which changes of parts (`configuration.comparing.Difference`) go: itself, or a draft of its next edition."""
        return record

    def close_configured(self, actor: "Actor", record: Any) -> Any:
        """The record is complete, its parts are written."""

    def drop_configured(self, actor: "Actor", record: Any) -> None:
        """It is no longer configuration: into the trash with it."""
        from . import writes  # writes need entities

        writes.delete(actor, self, [record.pk])


def extend(label: str, **additions: Any) -> None:
    """Add to an entity of another app: `extend("parties.company", related=(…,), columns=(…,))` appends to its tuples."""
    add_to(registry.get(label), **additions)


def add_to(entity: Entity, **additions: Any) -> None:
    """The same for an entity at hand."""
    for name, values in additions.items():
        present = getattr(entity, name)
        if not isinstance(present, tuple):
            raise TypeError(f"{entity.label}.{name} is no list of names and cannot be extended")
        setattr(entity, name, (*present, *values))
    entity.forget()


def on_every(equip: Callable[[Entity], None]) -> None:
    """Call the function for every declared entity, and for each that is made at run time before anybody sees it."""
    _every.append(equip)
    for entity in list(registry.declared.values()):
        equip(entity)


def equipped[E: Entity](entity: E) -> E:
    """An entity made at run time, with what the apps give every kind of record."""
    for equip in _every:
        equip(entity)
    return entity
