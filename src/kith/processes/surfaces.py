"""What processes put on the pages of every kind of record with stages."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core.api import openapi
from kith.core.entity import Entity, add_to, extend, on_every
from kith.core.reports import dimensions
from kith.core.ui import asking, editors, notification_views

from . import api, designing, moving, offering, path, rotting
from .book import book
from .rules import is_staged
from .ui import move_views, request_views


def register() -> None:
    """Path, history of stages, rotting; choosers of stages; dialogs of moves; the card of requests."""
    on_every(attach)
    extend("processes.process", panels=(designing.DESIGN,))
    editors.narrowings += [offering.narrow, moving.close_now]
    asking.askers.append(move_views.ask)
    asking.remedies.append(move_views.remedy)
    openapi.further.append(api.described)
    request_views.register()
    dimensions.ranked["processes.stage"] = in_order
    notification_views.add_kind("ask_move", "badge-check", _("asks you to approve a move"))
    notification_views.add_kind("move_allowed", "check", _("approved your move"))
    notification_views.add_kind("move_declined", "x", _("declined your move"))


def in_order(keys: Iterable[UUID]) -> list[UUID]:
    """Stages as their processes put them; those of several processes by their position."""
    known = {key: stage for key in keys if (stage := book().stage(key)) is not None}
    return sorted(known, key=lambda key: (known[key].position, known[key].name, key))


def attach(entity: Entity) -> None:
    """Give a kind of record with stages what they bring."""
    if is_staged(entity):
        add_to(entity, panels=(path.PATH, path.STAYS), computed=(rotting.ROTTING,))
