"""Where the values of a record come from, how old they are, and the button that confirms them (N8)."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kith.core import confirming, freshness, provenance, titles
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Refused
from kith.core.provenance import Source
from kith.core.specs import FieldSpec
from kith.core.ui import record_parts as parts
from kith.core.ui.base import record_page
from kith.core.ui.record_rights import may
from kith.core.ui.respond import closing


@dataclass(frozen=True, slots=True)
class Line:
    """One field with its value, its source, and whether it may be confirmed and should be."""

    spec: FieldSpec
    value: Any
    source: Source
    confirmable: bool
    stale: str

    @property
    def row(self) -> str:
        """The file and row that an imported value stood in."""
        told = {"file": self.source.file, "row": self.source.row or ""}
        return _("%(file)s, row %(row)s") % told if self.source.file else ""


@require_safe
@record_page("history")
def show(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """The dialog with every value that the reader may read."""
    found = lines(entity, actor, record)
    context = {
        "entity": entity, "record": record, "lines": found, "here": parts.address(entity, record),
        "titles": titles.for_records(actor, [line.spec for line in found], [record]),
        "may_confirm": any(line.confirmable for line in found),
    }  # fmt: skip
    return render(request, "kith/record_origins.html", context)


def lines(entity: Entity, actor: Actor, record: Any) -> list[Line]:
    """Every value with its source, in the order of the record page."""
    sources = provenance.of(entity, record, actor)
    names = [name for section in entity.form_sections for name in section.names if name in sources]
    names += [name for name in sources if name not in names and name not in confirming.OWN]
    own = confirming.confirmable(actor, entity) if "edit" in may(actor, entity, record) else []
    old = freshness.told(entity, record, names)
    return [
        Line(spec := entity.fields[name], spec.get(record), sources[name], name in own, old.get(name, ""))
        for name in names
    ]


@require_POST
@record_page("edit")
def confirm(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Confirm the fields that were ticked."""
    outcome = confirming.confirm(actor, entity, [record.pk], request.POST.getlist("fields"))
    if not outcome.records:
        raise Refused(_("There is no value to confirm."))
    return told(len(set(request.POST.getlist("fields"))), outcome.changeset)


def told(count: int, changeset: uuid.UUID | None) -> HttpResponse:
    """Close the dialog; the page shows what is fresh again."""
    text = ngettext("%(num)s value confirmed", "%(num)s values confirmed", count) % {"num": count}
    return closing(text, undo=f"/undo/{changeset}", **{"record-reload": {}, "timeline-changed": {}, "refresh-list": {}})
