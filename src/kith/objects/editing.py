"""The rules of objects: what is filled in, what is refused, what follows from a change."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kith.core import custom_fields, field_facts, field_usage, in_view
from kith.core.access import SYSTEM
from kith.core.batch import Batch
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.staged import Staged
from kith.processes import shipped

from . import along, beginning, naming, usage
from .nouns import KINDS
from .plans import APP, plan_of
from .table import LINKS, ObjectRecord

type Item = dict[str, Any]
type Errors = dict[str, list[Any]]

#: Labels of the app itself.
OWN = (KINDS, f"{APP}.objectrecord")
#: Names that fields and attributes of every record have, and what apps compute of those with stages.
FIXED = frozenset({*dir(ObjectRecord), *dir(Staged), "subject", "hue", "rotting_days"})
PARTS = ("name", "slot", "target", "label", "translations", "required")
#: Fields that records have by an ability of their object.
GIVEN = {
    "has_process": ("process", "stage", "state", "stage_at", "closed_at"), "day_name": ("day",), "has_subject": ("subject",), "has_owner": ("owner",),
}  # fmt: skip


def prepare(batch: Batch) -> None:
    """A key and an address made from the names; each link gets a name and a column."""
    for item in batch.items:
        values = item.values
        if item.is_new:
            values["key"] = values.get("key") or naming.key_for(str(values.get("name") or ""))
        if item.is_new or "slug" in values:
            plural = values.get("plural") or getattr(item.record, "plural", "")
            values["slug"] = values.get("slug") or naming.slug_for(str(plural))
        if isinstance(values.get("links"), list):
            values["links"] = placed(values["links"], [] if item.is_new else item.record.links)


def placed(links: list[Any], before: list[Item]) -> list[Any]:
    """The links with their columns: those they had, else free ones; those that were another link's until now come last."""
    if not all(isinstance(link, dict) for link in links):
        return links  # refused by validate
    slots = {link["name"]: link["slot"] for link in before}
    left = {str(link.get("name")) for link in links}
    free = [slot for slot in LINKS if slot not in slots.values()]
    free += [slot for name, slot in slots.items() if name not in left]
    made, used = [], set[str]()
    for link in links:
        name = str(link.get("name") or name_of(str(link.get("target") or ""), used | FIXED))
        used.add(name)
        slot = slots.get(name) or (free.pop(0) if free else 0)
        made.append({**link, "name": name, "slot": slot})
    return made


def name_of(target: str, used: Iterable[str]) -> str:
    """A name for a link from where it leads: company, company_2 …"""
    word = target.rpartition(".")[2]
    word = "link" if not word or (is_taken(word) and word not in FIXED) else word
    numbered = (word if number == 1 else f"{word}_{number}" for number in range(1, 99))
    return next(name for name in numbered if name not in set(used))


# --- what is refused --------------------------------------------------------------------------------------------------


def validate(record: Any, values: Item) -> Errors:
    """See ObjectKindEntity.validate."""
    now = {name: values.get(name, getattr(record, name)) for name in ("key", "slug", "icon", "hue", "links")}
    errors: Errors = {}
    if not naming.KEY.fullmatch(str(now["key"] or "")):
        errors["key"] = [_("It begins with a small Latin letter and has only small letters, digits and underscores.")]
    elif f"{APP}.{now['key']}" in OWN:
        errors["key"] = [_("Kith itself has this name; choose another one.")]
    elif not record._state.adding and now["key"] != record.key:
        errors["key"] = [_("This cannot change any more: rights, files and the API go by it.")]
    own = f"{APP}.{now['key'] if record._state.adding else record.key}"
    if problem := address_problem(str(now["slug"] or ""), own):
        errors["slug"] = [problem]
    if now["icon"] not in naming.icons():
        errors["icon"] = [_("There is no such icon; choose one of the list.")]
    if now["hue"] not in naming.HUES:
        errors["hue"] = [_("Not one of the choices; valid are: %(valid)s.") % {"valid": ", ".join(naming.HUES)}]
    if found := link_problems(now["links"], own):
        errors["links"] = found
    elif not record._state.adding:
        errors |= lost(record, values)
    return errors


def address_problem(slug: str, label: str) -> Any:
    """What is wrong with an address, None where it is free."""
    if not naming.SLUG.fullmatch(slug):
        return _("Small Latin letters, digits and hyphens, such as rental-contracts.")
    other = registry.by_slug(slug)
    if slug in naming.taken() or (other is not None and other.label != label):
        return _("Other pages have this address; choose another one.")
    return None


def link_problems(links: Any, own: str) -> list[Any]:
    """What is wrong with the links."""
    if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
        return [_("A list of links, each with its target, such as parties.company.")]
    found: list[Any] = []
    if len(links) > len(LINKS):
        found.append(_("At most %(count)d links.") % {"count": len(LINKS)})
    names = [str(link.get("name")) for link in links]
    for link, name in zip(links, names, strict=True):
        if not naming.KEY.fullmatch(name) or is_taken(name) or names.count(name) > 1:
            found.append(_("“%(name)s” cannot be the name of a link; take another one.") % {"name": name[:60]})
        if str(link.get("target")) not in {own, *(entity.label for entity in targets())}:
            found.append(
                _("“%(target)s” is no kind of record that a link can lead to; there are: %(valid)s.")
                % {"target": str(link.get("target"))[:60], "valid": ", ".join(entity.label for entity in targets())}
            )
        found += part_problems(link)
    return found


def is_taken(name: str) -> bool:
    """Whether a name means something else: a field of every record, a custom field, a condition, a column or a way in the database."""
    return name in FIXED or name.startswith("x_") or name.endswith("_id") or "__" in name or name == in_view.NAME


def part_problems(link: Item) -> list[Any]:
    """What is wrong with the parts of one link."""
    if unknown := [str(part)[:60] for part in link if part not in PARTS]:
        return [
            _("Unknown: %(names)s. A link has: %(valid)s.") % {"names": ", ".join(unknown), "valid": ", ".join(PARTS)}
        ]
    said = link.get("translations") or {}
    codes = {code for code, _name in settings.LANGUAGES}
    texts = (
        isinstance(said, dict)
        and set(said) <= codes
        and all(isinstance(text, str) and len(text) <= 80 for text in said.values())
    )
    label = link.get("label") or ""
    if (
        not texts
        or not isinstance(label, str)
        or len(label) > 80
        or not isinstance(link.get("required") or False, bool)
    ):
        return [_("The label of a link is a text of at most 80 characters, with translations by language code.")]
    return []


def targets() -> list[Entity]:
    """Kinds of record that a link can lead to: those with a life of their own, users, and custom objects."""
    return [
        entity for entity in registry
        if (entity.has_timeline or entity.label.startswith(f"{APP}."))
        and not (entity.access.parent or entity.access.subject or entity.label == KINDS)
    ]  # fmt: skip


def lost(record: Any, values: Item) -> Errors:
    """What a change would take away from records that are there, or cannot give them: a link that holds something, a stage; or from what asks for a field."""
    errors: Errors = {}
    noun = usage.entity_of(record)
    if values.get("has_process") and not record.has_process:
        errors |= beginning.problems(noun)
    kept = {(link["name"], link["target"]) for link in values.get("links", record.links)}
    for link in plan_of(record).links:
        if (link.name, link.target) not in kept and usage.fills(noun, link):
            errors.setdefault("links", []).append(
                _("Records hold the link “%(name)s”; empty it in all of them first, the trash included.")
                % {"name": link.name}
            )
    for place, name in gone(record, values, kept):
        if needed := [use for use in field_usage.uses(noun, name) if use.needs]:
            errors.setdefault(place, []).append(field_facts.used_by(name, needed))
    return errors


def gone(record: Any, values: Item, kept: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The fields that a change takes away, each with the value of the object that gave it."""
    yield from (("links", link.name) for link in plan_of(record).links if (link.name, link.target) not in kept)
    for place, names in GIVEN.items():
        if getattr(record, place) and not values.get(place, True):
            yield from ((place, name) for name in names)


# --- what follows -----------------------------------------------------------------------------------------------------


def derive(batch: Batch) -> None:
    """Refuse to delete what is used; then everybody reads anew, and what was set up for an object goes and comes with it."""
    rows = [item.record for item in batch.items]
    if batch.operation in ("delete", "purge"):
        refuse_used(rows)
    custom_fields.announce()
    labels = [plan_of(row).label for row in rows]
    if batch.operation == "delete":
        along.sleep(labels)
    elif batch.operation != "purge":
        if batch.operation == "restore":
            along.wake({plan_of(row).label: row for row in rows})
        shipped.install()
        beginning.settle(labels)


def refuse_used(rows: list[Any]) -> None:
    """Raise Refused for objects with records, or to which others link."""
    others = [row for row in registry.get(KINDS).rows(SYSTEM) if row.pk not in {gone.pk for gone in rows}]
    if found := [reason for row in rows for reason in usage.reasons(row, others)]:
        raise Refused({"": found})
