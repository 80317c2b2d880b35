"""Settings of the company: named, typed, with a default; kept as records, so that who changed what is known and can be undone.

declare("lead.carry_timeline", _("Take the lead's timeline along"), "boolean", default=True, group=SALES)   # in an app's ready()
settings_store.get("lead.carry_timeline")
settings_store.get("score.fields", scope=team)              # what holds for this record, else for the company, else the default
settings_store.put(actor, "score.fields", [...], scope=team)

A change takes effect for later actions only. Values are read once per process and version: writing one renews the epoch
of rights, which every request and job learns with its actor, so a request asks nothing.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext_lazy as _

from . import custom_fields, writes
from .access import SYSTEM, Actor, Rule
from .changes import Running, change_set
from .entity import registry
from .errors import BadValue, Refused
from .specs import FieldSpec
from .system_rights import require_system_right
from .types import TYPES

if TYPE_CHECKING:
    from .entity import Entity

TABLE, ENTITY = "core_setting", "core.setting"
COMPANY, IMPORT, ACCESS = _("Company"), _("Import"), _("Access")
type Scope = tuple[str, uuid.UUID] | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; `scopes` are the kinds of records that may have a value of their own.

    `default` may be a function; `read` turns a stored value into what `get` answers, where that is more than the value.
    """

    name: str
    spec: FieldSpec
    default: Any
    group: Any
    scopes: tuple[str, ...] = ()
    read: Callable[[Any], Any] | None = None

    @property
    def standard(self) -> Any:
        """The value where nobody set one."""
        return self.default() if callable(self.default) else self.default

    def answer(self, value: Any) -> Any:
        """What `get` gives for a value."""
        return value if self.read is None else self.read(value)


class Store:
    """All declared settings by name."""

    def __init__(self) -> None:
        self.declared: dict[str, Setting] = {}

    def __iter__(self) -> Iterator[Setting]:
        return iter(self.declared.values())


store = Store()


def declare(
    name: str,
    label: Any,
    kind: str,
    *,
    default: Any,
    group: Any,
    help: Any = "",
    scopes: tuple[str, ...] = (),
    read: Callable[[Any], Any] | None = None,
    **facts: Any,
) -> Setting:
    """Declare a setting; `kind` is a field type, `facts` are those of its field (choices, minimum, maximum, required …)."""
    spec = FieldSpec(name=name.replace(".", "__"), label=label, type=TYPES[kind], help=help, **facts)
    made = store.declared[name] = Setting(name, spec, default, group, scopes, read)
    return made


def find(name: str) -> Setting:
    """A declared setting; LookupError lists the valid names."""
    if name not in store.declared:
        raise LookupError(f"no setting {name!r}; there are: {', '.join(sorted(store.declared))}")
    return store.declared[name]


# --- reading ----------------------------------------------------------------------------------------------------------


def get(name: str, *, scope: Any = None) -> Any:
    """What a setting says: for the record (or label and id) `scope` if it has a value of its own, else for the company, else its default."""
    setting = find(name)
    return setting.answer(own(setting, scope_of(scope)))


def own(setting: Setting, scope: Scope = None) -> Any:
    """The value as it is stored for a scope, with the fall-backs of `get`."""
    mine = values().get(setting.name, {})
    found = mine.get(scope, mine.get(None))
    return setting.standard if found is None else found


def exceptions(setting: Setting) -> dict[tuple[str, uuid.UUID], Any]:
    """The values of records that have one of their own."""
    return {scope: value for scope, value in values().get(setting.name, {}).items() if scope}


def scope_of(record: Any) -> Scope:
    """The scope that a record, or a label with an id, is; none for None or a label without an id."""
    if record is None or isinstance(record, tuple):
        return None if record is None or record[1] is None else (record[0], record[1])
    return registry.for_model(type(record)).face_of(record).label, record.pk


def values() -> dict[str, dict[Scope, Any]]:
    """All stored values by name and scope, read when first asked for."""
    try:
        return custom_fields.remembered("settings", load, then=True)
    except (DatabaseError, RuntimeError):  # checks and plain tests run without a database: the defaults hold
        return {}


def load() -> dict[str, dict[Scope, Any]]:
    """The stored values; none while the table does not exist yet. What is no longer declared or valid is passed over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [TABLE])
        if cursor.fetchone()[0] is None:
            return {}
    found: dict[str, dict[Scope, Any]] = {}
    for row in entity().rows(SYSTEM).only("name", "value", "subject_entity", "subject_id"):
        if (setting := store.declared.get(row.name)) is None:
            continue
        try:
            value = setting.spec.type.clean(row.value, setting.spec)
        except BadValue:
            continue
        found.setdefault(row.name, {})[(row.subject_entity, row.subject_id) if row.subject_id else None] = value
    return found


def forget() -> None:
    """Read the values anew when they are next asked for."""
    custom_fields.forget()


def announce() -> None:
    """A setting was written: this process reads anew, the others when the change-set is committed."""
    custom_fields.announce()


# --- writing ----------------------------------------------------------------------------------------------------------


def entity() -> "Entity":
    """The entity of stored settings."""
    return registry.get(ENTITY)


def put(actor: Actor, name: str, value: Any, *, scope: Any = None) -> Running:
    """Set one setting, for the company or for one record; None takes it back to what holds otherwise."""
    return put_all(actor, {name: value}, scope=scope)


def put_all(actor: Actor, given: Mapping[str, Any], *, scope: Any = None) -> Running:
    """Set several settings in one change-set. Raises Forbidden without the right, Refused naming the setting; then nothing is written."""
    require_system_right(actor, "settings")
    place, errors = scope_of(scope), dict[str, list[Any]]()
    cleaned = {name: checked(find(name), value, place, errors) for name, value in given.items()}
    if errors:
        raise Refused(errors)
    with change_set(actor, entity=ENTITY) as changes:
        for name, value in cleaned.items():
            write(elevated(actor), name, value, place)
    return changes


def checked(setting: Setting, value: Any, place: Scope, errors: dict[str, list[Any]]) -> Any:
    """The value in the form it is stored in; what is wrong with it is noted under its name."""
    try:
        if place and place[0] not in setting.scopes:
            raise BadValue(_("This setting has no values of its own for such records."))
        found = setting.spec.type.clean(value, setting.spec)
        return None if found is None else setting.spec.type.dump(found, setting.spec)
    except BadValue as error:
        errors[setting.name] = [error.message]
        return None


def write(actor: Actor, name: str, value: Any, place: Scope) -> None:
    """Store, change or take back one value."""
    about = {"subject_entity": place[0], "subject_id": place[1]} if place else {"subject_id": None}
    present = entity().rows(SYSTEM).filter(name=name, **about).first()
    if value is None:
        if present is not None:
            writes.delete(actor, entity(), [present.pk])
    elif present is not None:
        writes.save(actor, present, {"value": value})
    else:
        subject = {"entity": place[0], "id": str(place[1])} if place else None
        writes.create(actor, entity(), {"name": name, "value": value, "subject": subject})


def elevated(actor: Actor) -> Actor:
    """The actor, to whom the right to change settings is enough to write them."""
    return replace(actor, rules=(*actor.rules, Rule("", ENTITY, "*")), memo={}, kept=None)


# --- what core itself has ---------------------------------------------------------------------------------------------

declare(
    "default_country",
    _("Country of the company"),
    "country",
    default=lambda: settings.KITH_COUNTRY,
    group=COMPANY,
    help=_("Phone numbers without + are read in this country, unless the customer's own is known."),
    scopes=("people.orgunit",),
    required=True,
)
declare(
    "week_start",
    _("Weeks begin on"),
    "choice",
    default=lambda: settings.KITH_WEEK_START,
    group=COMPANY,
    help=_("For calendars, reports by week and conditions such as “this week”."),
    choices=(("monday", _("Monday")), ("saturday", _("Saturday")), ("sunday", _("Sunday"))),
    required=True,
)
declare(
    "access.via_task",
    _("A task opens its record"),
    "boolean",
    default=lambda: settings.ACCESS_VIA_TASK,
    group=ACCESS,
    help=_("Whoever has an open task about a record may read that record."),
)
