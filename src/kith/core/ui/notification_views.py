"""The bell: what people were told, and marking it as read."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kith.core import access, notify, replica
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import Missing
from kith.core.notify import Notification
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go

SHOWN = 30
ICONS = {
    "mention": "at-sign",
    "assigned": "user-round-check",
    "given": "user-round-check",
    "changed": "arrow-right-left",
    "deleted": "trash-2",
    "added": "message-square",
    "job": "check",
}
#: Kinds that apps add: what happened, as a sentence about `by`.
WORDS: dict[str, Any] = {}


def add_kind(kind: str, icon: str, sentence: Any) -> None:
    """Let people be told of something of an app's own."""
    ICONS[kind], WORDS[kind] = icon, sentence


def words(note: Notification) -> Any:
    """What happened, as a sentence about `by` and the title that follows."""
    fields = note.detail.get("fields") or []
    return {
        "mention": _("mentioned you"), "assigned": _("gave you a task"), "given": _("gave you"), "deleted": _("deleted"), "added": _("added to what you follow"), "job": "",
        "changed": ngettext("changed %(num)s field of", "changed %(num)s fields of", len(fields)) % {"num": len(fields)},
    }.get(note.kind, WORDS.get(note.kind, ""))  # fmt: skip


def address(note: Notification) -> str:
    """Where it leads."""
    own = str(note.detail.get("url", ""))
    if own.startswith("/") and not own.startswith("//"):
        return own
    entity = registry.find(note.entity)
    if entity is None:
        return ""
    return f"/{entity.slug}/{note.record_id}/" if note.record_id else f"/{entity.slug}/"


def listed(actor: Actor) -> list[dict[str, Any]]:
    """The latest notifications as the templates draw them."""
    rows = Notification.objects.filter(user_id=notify.reader(actor)).order_by("-at", "-pk")[:SHOWN]
    return [
        {
            "note": row,
            "words": words(row),
            "icon": ICONS.get(row.kind, "bell"),
            "href": f"/notifications/{row.pk}" if address(row) else "",
        }
        for row in rows
    ]


@require_safe
@guarded
def show(request: HttpRequest) -> HttpResponse:
    """The popover."""
    actor = actor_of(request)
    return render(
        request, "kith/notifications.html", {"items": listed(actor), "waiting": notify.unread(notify.reader(actor))}
    )


@require_POST
@guarded
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    actor = actor_of(request)
    Notification.objects.filter(user_id=notify.reader(actor), read_at=None).update(read_at=timezone.now())
    return render(request, "kith/notifications.html", {"items": listed(actor), "waiting": 0})


@require_POST
@guarded
def read(request: HttpRequest, key: Any) -> HttpResponse:
    """Mark one as read, or as unread again."""
    actor = actor_of(request)
    found = Notification.objects.filter(pk=key, user_id=notify.reader(actor))
    if not found.update(read_at=None if request.POST.get("unread") == "1" else timezone.now()):
        raise Missing("core.notification", str(key))
    return render(
        request, "kith/notifications.html", {"items": listed(actor), "waiting": notify.unread(notify.reader(actor))}
    )


@require_safe
@guarded
def follow_link(request: HttpRequest, key: Any) -> HttpResponse:
    """Open what a notification is about; that reads it."""
    note = Notification.objects.filter(pk=key, user_id=notify.reader(actor_of(request))).first()
    if note is None or not address(note):
        raise Missing("core.notification", str(key))
    Notification.objects.filter(pk=note.pk, read_at=None).update(read_at=timezone.now())
    replica.wrote()
    entity = registry.find(note.entity)
    if entity and note.record_id and access.allowed(actor_of(request), entity, "view"):
        record = entity.rows(actor_of(request)).filter(pk=note.record_id).first()
        return go(request, f"/{entity.face_of(record).slug}/{record.pk}/" if record else address(note))
    return go(request, address(note))
