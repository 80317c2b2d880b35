"""What the declaration of an entity is made of: sections, whose a record is, actions, related lists, panels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .specs import FieldSpec

if TYPE_CHECKING:
    from .actors import Actor
    from .entity import Entity

#: What may be done with any entity; actions add their own.
OPERATIONS = ("view", "create", "edit", "delete", "export", "import", "share", "assign", "history", "sensitive")
OPERATION_LABELS = {
    "view": _("View"), "create": _("Create"), "edit": _("Edit"), "delete": _("Delete"), "export": _("Export"), "import": _("Import"),
    "share": _("Share"), "assign": pgettext_lazy("to an owner", "Assign"), "history": _("See history"), "sensitive": _("See sensitive data"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A titled block of fields on the record page and in the form."""

    title: Any
    names: tuple[str, ...]
    open: bool = True

    def __init__(self, title: Any, *names: str, open: bool = True) -> None:
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "open", open)


@dataclass(frozen=True, slots=True)
class Access:
    """Which columns say whose a record is.

    `own` are links to users whose records count as own; `parent` is the link to the record this one is a part of:
    who may view (edit) the parent may view (edit) the part. `subject` says that the reference column `subject` is such a parent.
    `rules` lets the rules of the entity itself decide as well (tasks stand for themselves, notes do not).
    `faces` are the entities whose rows these are; their rights decide (a party is a company or a person).
    `needs` is what one must be allowed to do with that record in order to write the part. `own_right` asks, besides, for a rule of the part's own (sensitive parts). `public` lets every signed-in user view rows (dictionaries, the own company's structure).
    """

    own: tuple[str, ...] = ("owner",)
    parent: str = ""
    subject: bool = False
    public: bool = False
    own_right: bool = False
    rules: bool = False
    faces: tuple[str, ...] = ()
    needs: str = "edit"


@dataclass(frozen=True, slots=True)
class Action:
    """A verb of the entity: `run(actor, records, **values)` (a dotted path) under its own right "<entity>:<name>".

    `right` names another operation whose right is enough. `fields` are asked for in a dialog before it runs; `bulk` offers it on a selection.
    `when`, a dotted path to a function (actor, entity), tells whether there is any use in offering it. `opens`: done on
    one record, the page of what it returns first is opened.
    """

    name: str
    label: Any
    run: str
    icon: str = "play"
    bulk: bool = False
    fields: tuple[FieldSpec, ...] = ()
    right: str = ""
    when: str = ""
    opens: bool = False

    def is_offered(self, actor: "Actor", entity: "Entity") -> bool:
        """Whether pages offer it at all."""
        return not self.when or bool(import_string(self.when)(actor, entity))

    def __call__(self, actor: "Actor", records: Sequence[Any], **values: Any) -> Any:
        """Do it."""
        return import_string(self.run)(actor, records, **values)


@dataclass(frozen=True, slots=True)
class Related:
    """A related list on the record page: rows of `entity` whose field `link` points here; `show` is the second line."""

    entity: str
    link: str
    title: Any = ""
    show: tuple[str, ...] = ()
    name: str = ""

    @property
    def key(self) -> str:
        """The name in URLs."""
        return self.name or f"{self.entity.split('.')[-1]}-{self.link}"


@dataclass(frozen=True, slots=True)
class Panel:
    """A hand-made block of the record page: `context(actor, record)` feeds the template `template`; tab, side or head (above the figures)."""

    name: str
    title: Any
    template: str
    context: Callable[..., dict[str, Any]]
    place: str = "tab"
