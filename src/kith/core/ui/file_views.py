"""Uploads, and files handed out again: only through the record they belong to, never to be run or shown as a page."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kith.core import access, files, ledger
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import BadValue, Missing, Refused
from kith.core.file_kinds import PICTURES
from kith.core.ui.base import actor_of, guarded, record_page

#: Whatever a file holds, a browser that shows it in spite of everything may run none of it.
POLICY = "default-src 'none'; sandbox"


@require_POST
@guarded
def upload(request: HttpRequest) -> HttpResponse:
    """Store one file; the ticket in the answer is the value of a file field."""
    given = request.FILES.get("file")
    if given is None:
        raise Refused({"file": [_("Choose a file.")]})
    try:
        key = files.store(given.chunks())
    except BadValue as error:
        raise Refused({"file": [error.message]}) from None
    kind, size = files.describe(key)
    return JsonResponse(
        {"ticket": files.ticket(actor_of(request), key), "name": given.name, "size": size, "type": kind}, status=201
    )


@require_safe
@record_page("view")
def download(request: HttpRequest, entity: Entity, actor: Actor, record: Any, name: str) -> Any:
    """The bytes of a file field, to be saved; `?inline=1` shows pictures."""
    spec = entity.fields.get(name)
    key = spec.get(record) if spec and spec.type.name == "file" and name in access.readable(actor, entity) else None
    if not key:
        raise Missing(entity.label, name)
    try:
        kind = files.describe(key)[0]
    except BadValue:
        raise Missing(entity.label, name) from None
    inline = request.GET.get("inline") == "1" and kind in PICTURES
    if not inline:
        ledger.log(actor, "export", entity=entity.label, record_id=record.pk, title=str(record), file=name)
    return respond(key, kind, str(record), inline=inline)


def respond(key: str, kind: str, title: str, *, inline: bool) -> FileResponse:
    """The answer with all its safety headers."""
    response = FileResponse(
        files.path_of(key).open("rb"), as_attachment=not inline, filename=title[:200], content_type=kind
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
