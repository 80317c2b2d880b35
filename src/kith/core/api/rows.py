"""Records as JSON: the fields the caller may read, in the JSON form of their types, and nothing else."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity

from .problems import BadRequest

#: What If-Match may hold: the entity tag of a version (RFC 9110, 13.1.1), with or without its quotes, or "*".
MATCHED = r'\*|(W/)?"?[0-9]{1,9}"?'


def chosen(request: HttpRequest, actor: Actor, entity: Entity) -> list[str]:
    """Names of the fields to return: `fields=a,b` or all readable ones."""
    readable = access.readable(actor, entity)
    wanted = [name for name in request.GET.get("fields", "").split(",") if name]
    unknown = [name for name in wanted if name not in readable]
    if unknown:
        raise BadRequest(
            _("Unknown field “%(name)s”; there are: %(valid)s.")
            % {"name": unknown[0], "valid": ", ".join(sorted(readable))}
        )
    return wanted or [name for name in entity.fields if name in readable]


def as_data(entity: Entity, record: Any, names: Iterable[str]) -> dict[str, Any]:
    """One record."""
    data: dict[str, Any] = {"id": str(record.pk), "version": record.version, "title": str(record)}
    for name in names:
        spec = entity.fields[name]
        value = spec.get(record)
        data[name] = None if value is None else spec.type.dump(value, spec)
    return data


def as_list(entity: Entity, records: Sequence[Any], names: list[str]) -> list[dict[str, Any]]:
    """Several records."""
    return [as_data(entity, record, names) for record in records]


def etag(record: Any) -> str:
    """The version of a record as an entity tag."""
    return f'"{record.version}"'


def version_of(request: HttpRequest) -> int | None:
    """The version in If-Match; None without the header, or where it asks for any version."""
    tag = request.headers.get("If-Match", "*").strip()
    if not re.fullmatch(MATCHED, tag, re.ASCII):
        raise BadRequest(_('If-Match must hold the ETag of the record, such as "3".'))
    return None if tag == "*" else int(tag.removeprefix("W/").strip('"'))


def confirmed(request: HttpRequest) -> list[str]:
    """Codes of warnings that the caller confirms."""
    return [code for code in request.GET.get("confirm", "").split(",") if code]
