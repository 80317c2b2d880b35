"""What marketing puts on the pages of other apps: the bulk act "add to target list", lists that a customer is on."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Action, Entity, Related, extend, registry
from kith.core.specs import ColumnSpec, LinkSpec
from kith.core.types import TYPES

from . import panels
from .members import KINDS

ASKED = (
    LinkSpec(name="target_list", label=_("target list"), type=TYPES["link"], target="marketing.targetlist", help=_("One that you may change.")),
    ColumnSpec(name="name", label=_("or a new list named"), type=TYPES["text"], max_length=150),
)  # fmt: skip


def keeps_lists(actor: Actor, entity: Entity) -> bool:
    """Whether the actor may change or make any target list."""
    lists = registry.get("marketing.targetlist")
    return access.allowed(actor, lists, "edit")


def beside(actor: Actor, entity: Entity) -> bool:
    """A block of the page offers it, with a look at what would happen; the action is for other programs."""
    return False


ADD = Action(
    "add_to_list", _("Add to target list"), "kith.marketing.members.add", icon="list-plus", bulk=True, right="view", fields=ASKED,
    when="kith.marketing.surfaces.keeps_lists",
)  # fmt: skip


def register() -> None:
    """Called once, when the app is ready."""
    for label in KINDS:
        extend(label, actions=(ADD,))
    for label in ("parties.company", "parties.person"):
        extend(
            label,
            related=(
                Related("marketing.targetlistmember", "party", _("Target lists"), show=("status", "created_at")),
                Related(
                    "marketing.calllistentry", "party", pgettext_lazy("call list", "Calling"), show=("status", "owner")
                ),
            ),
        )
    extend("marketing.targetlist", panels=(panels.SHARING,))
    extend("marketing.calllist", panels=(panels.PROGRESS,))
