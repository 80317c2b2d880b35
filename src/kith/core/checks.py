"""Checks at start: every name an entity uses exists; the message lists the valid ones (law 1)."""

from collections.abc import Iterator
from typing import Any

from django.core import checks
from django.utils.module_loading import import_string

from .entity import OPERATIONS, Entity, registry


@checks.register("kith")
def entities(app_configs: Any, **_kwargs: Any) -> list[checks.CheckMessage]:
    """All findings of all entities."""
    return [finding for entity in registry.declared.values() for finding in findings(entity)]


def findings(entity: Entity) -> Iterator[checks.CheckMessage]:
    """What is wrong with one declaration."""
    yield from names(entity)
    yield from shapes(entity)
    yield from access(entity)
    yield from related(entity)
    yield from actions(entity)
    others = [other.label for other in registry if other is not entity and other.slug == entity.slug]
    if not entity.slug or others:
        yield problem(
            entity,
            "E001",
            f"needs a slug of its own, not {entity.slug!r}",
            f"taken by {', '.join(others)}" if others else "set slug = …",
        )


def problem(entity: Entity, code: str, text: str, hint: str) -> checks.Error:
    """One finding."""
    return checks.Error(f"{type(entity).__name__}: {text}", hint=hint, obj=entity.model, id=f"kith.{code}")


def no_entity(entity: Entity, code: str, text: str) -> checks.Error:
    """A label that stands for nothing."""
    return problem(entity, code, text, f"Entities are: {', '.join(registry.by_label)}.")


def names(entity: Entity) -> Iterator[checks.CheckMessage]:
    """Field names in columns, filters, sections and so on."""
    specs = entity.declared
    lists = {
        "columns": entity.columns, "filters": entity.filters, "search": entity.search, "search_body": entity.search_body, "quick": entity.quick, "strip": entity.strip, "card": entity.card, "expected": entity.expected, "closing": tuple(name for names in entity.closing.values() for name in names),
        "match": entity.match, "natural_key": entity.natural_key, "sensitive": entity.sensitive, "personal": entity.personal, "read_only": entity.read_only, "fresh": tuple(entity.fresh), "untold": entity.untold, "merge_fixed": entity.merge_fixed,
        "sort": tuple(name.lstrip("-") for name in entity.sort), "board": (entity.board,) if entity.board else (), "calendar": (entity.calendar,) if entity.calendar else (),
        "tree": (entity.tree,) if entity.tree else (), "rate_day": (entity.rate_day,) if entity.rate_day else (), "begins": (entity.begins,) if entity.begins else (), "title": (entity.title,), "named_by": entity.named_by, "dimensions": tuple(name.split(":")[0].split("__")[0] for name in entity.dimensions),
        "plain_filter": tuple(term.partition(":")[0] for term in entity.plain_filter),
        **{f"section {section.title}": section.names for section in entity.sections},
    }  # fmt: skip
    for attribute, used in lists.items():
        for name in used:
            if name.split(".")[0] not in specs:
                yield problem(
                    entity,
                    "E002",
                    f"{attribute} names {name!r}, which is no field",
                    f"Fields are: {', '.join(sorted(specs))}.",
                )
            elif attribute in ("filters", "sort") and not specs[name.split(".")[0]].stored:
                yield problem(
                    entity,
                    "E003",
                    f"{attribute} names {name!r}, which is computed without SQL",
                    "Give the computed field `sql`, or leave it out.",
                )


def shapes(entity: Entity) -> Iterator[checks.CheckMessage]:
    """A board goes by a choice or a link, a calendar by a date."""
    for attribute, name, kinds in (
        ("board", entity.board, ("choice", "link")),
        ("calendar", entity.calendar, ("date", "moment")),
    ):
        spec = entity.declared.get(name)
        if spec and spec.type.name not in kinds:
            valid = ", ".join(sorted(other.name for other in entity.declared.values() if other.type.name in kinds))
            yield problem(
                entity, "E004", f"{attribute} names {name!r}, which is no {' or '.join(kinds)}", f"There are: {valid}."
            )
    known = {key for key, _label in entity.declared[entity.board].choices} if entity.board in entity.declared else set()
    for value in entity.closed:
        if value not in known:
            yield problem(
                entity,
                "E005",
                f"closed names {value!r}, which is no choice of its board",
                f"There are: {', '.join(sorted(known))}.",
            )


def access(entity: Entity) -> Iterator[checks.CheckMessage]:
    """Columns that say whose a record is, and the parent link."""
    columns = {field.name for field in entity.model._meta.get_fields()}
    for name in entity.access.own:
        if name not in columns:
            yield problem(
                entity,
                "E010",
                f"access.own names {name!r}, which is no column",
                f"Columns are: {', '.join(sorted(columns))}.",
            )
    if entity.access.parent and entity.access.parent not in entity.declared:
        yield problem(
            entity,
            "E011",
            f"access.parent names {entity.access.parent!r}, which is no field",
            f"Links are: {', '.join(s.name for s in entity.declared.values() if s.type.name == 'link')}.",
        )
    for spec in entity.declared.values():
        if spec.type.name in ("link", "tags") and registry.find(spec.target) is None:
            yield no_entity(entity, "E012", f"{spec.name} links to {spec.target!r}, which is no entity")
    for face in entity.access.faces:
        if registry.find(face) is None:
            yield no_entity(entity, "E013", f"access.faces names {face!r}, which is no entity")


def related(entity: Entity) -> Iterator[checks.CheckMessage]:
    """Related lists point back here."""
    for item in entity.related:
        other = registry.find(item.entity)
        if other is None:
            yield no_entity(entity, "E020", f"related names {item.entity!r}, which is no entity")
            continue
        for name in (item.link, *item.show):
            if name not in other.declared:
                yield problem(
                    entity,
                    "E021",
                    f"related {item.entity} names {name!r}, which is no field of it",
                    f"Fields are: {', '.join(sorted(other.declared))}.",
                )


def actions(entity: Entity) -> Iterator[checks.CheckMessage]:
    """Functions of actions exist; names do not collide with operations."""
    for action in entity.actions:
        try:
            import_string(action.run)
        except ImportError as error:
            yield problem(
                entity, "E030", f"action {action.name!r} runs {action.run!r}, which cannot be imported", str(error)
            )
        if action.name in OPERATIONS:
            yield problem(
                entity,
                "E031",
                f"action {action.name!r} has the name of an operation",
                f"Operations are: {', '.join(OPERATIONS)}.",
            )
