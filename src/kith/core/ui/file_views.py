"""Uploads, and files handed out again: only through the record they belong to, never to be run or shown as a page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kith.core import access, file_links, files, ledger
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import BadValue, Missing, Refused
from kith.core.file_kinds import PICTURES
from kith.core.ui.base import actor_of, guarded, record_page


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
    if settings.FILES_URL:
        return HttpResponseRedirect(file_links.link(key, str(record), inline=inline))
    return file_links.respond(key, str(record), inline)
