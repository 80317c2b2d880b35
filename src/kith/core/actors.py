"""Who acts, and by which rules: what the rights of `core.access` are worked out from, and what may be logged."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .predicates import Kept

#: From least to most; "reports" is own plus everything own of anyone below in the org tree (R135).
LEVELS = ("none", "own", "reports", "team", "unit", "all")
LEVEL_LABELS = {
    "none": _("none"), "own": _("own"), "reports": _("own and reports"), "team": _("team"), "unit": _("department"), "all": _("all"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission item: on `entity` ("*" = every entity) the operation is allowed up to `level`, or denied."""

    role: str
    entity: str
    operation: str
    level: str = "all"
    deny: bool = False
    condition: Any = None
    via: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a role may do with one field: "none", "read" or "edit"."""

    role: str
    entity: str
    field: str
    level: str
    deny: bool = False
    via: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, a service token, or Kith itself. Holds ids and rules only, so it can be cached and logged.

    `must_enrol`: a second factor is demanded and missing; every door lets such a one only set it up.
    """

    id: uuid.UUID | None
    name: str
    kind: str = "user"
    language: str = "en"
    time_zone: str = "UTC"
    rules: tuple[Rule, ...] = ()
    field_rules: tuple[FieldRule, ...] = ()
    group_ids: frozenset[uuid.UUID] = frozenset()
    team_ids: frozenset[uuid.UUID] = frozenset()
    report_ids: frozenset[uuid.UUID] = frozenset()
    unit_ids: frozenset[uuid.UUID] = frozenset()
    unit_id: uuid.UUID | None = None
    shares: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    token_id: uuid.UUID | None = None
    must_enrol: bool = False
    #: Groups and roles, the most specific first: whose layout holds (`core.layouts`).
    audiences: tuple[uuid.UUID, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    kept: "Kept | None" = field(default=None, compare=False, repr=False)

    @property
    def is_system(self) -> bool:
        """Whether this is Kith itself, which may do everything."""
        return self.kind == "system"


SYSTEM = Actor(id=None, name="Kith", kind="system")
NOBODY = Actor(id=None, name="", kind="anonymous")
#: Loads the actor of a user id; set by the access app.
loaders: dict[str, Callable[..., Any]] = {}


def actor_of(user_id: uuid.UUID | None, *, epoch: int | None = None) -> Actor:
    """The actor of a user, with current rules; NOBODY for None. `epoch` is the epoch of rights where it is known already."""
    return NOBODY if user_id is None else loaders["user"](user_id, epoch=epoch)
