"""What processes put on the pages of every kind of record with stages."""

from django.utils.translation import gettext_lazy as _

from kith.core.api import openapi
from kith.core.entity import Entity, extend, registry
from kith.core.ui import asking, editors, notification_views

from . import api, designing, moving, offering, path, rotting
from .rules import is_staged
from .ui import move_views, request_views


def register() -> None:
    """Path, history of stages, rotting; choosers of stages; dialogs of moves; the card of requests."""
    for entity in registry:
        if is_staged(entity):
            attach(entity)
    extend("processes.process", panels=(designing.DESIGN,))
    editors.narrowings += [offering.narrow, moving.close_now]
    asking.askers.append(move_views.ask)
    asking.remedies.append(move_views.remedy)
    openapi.further.append(api.described)
    request_views.register()
    notification_views.add_kind("ask_move", "badge-check", _("asks you to approve a move"))
    notification_views.add_kind("move_allowed", "check", _("approved your move"))
    notification_views.add_kind("move_declined", "x", _("declined your move"))


def attach(entity: Entity) -> None:
    """Give one kind of record what its stages bring."""
    extend(entity.label, panels=(path.PATH, path.STAYS), computed=(rotting.ROTTING,))
