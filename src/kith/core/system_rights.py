"""Rights on Kith as a whole, which belong to no kind of record: reading the log, settings, jobs and so on.

A rule names them with the entity "system"; the rule "every kind, every operation" of an administrator covers them too.
"""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from .errors import Forbidden

if TYPE_CHECKING:
    from .actors import Actor

SYSTEM_ENTITY = "system"
SYSTEM_RIGHTS: dict[str, Any] = {
    "audit": _("Read the log"),
    "settings": _("Change settings"),
    "undo_others": _("Undo changes of others"),
    "tokens": _("Manage API tokens of others"),
    "jobs": _("Manage jobs of others"),
    "trash_purge": _("Erase from the trash for good"),
    "personal": _("Read and keep the register of personal data"),
    "personal_export": _("Give out everything held about a person"),
    "personal_erase": _("Erase the personal data of a person for good"),
}


def has_system_right(actor: "Actor", name: str) -> bool:
    """Whether the actor holds a right on Kith as a whole; a denial wins, and a token needs it among its scopes."""
    if name not in SYSTEM_RIGHTS:
        raise LookupError(f"no system right {name!r}; there are: {', '.join(SYSTEM_RIGHTS)}")
    if actor.is_system:
        return True
    if actor.scopes is not None and not actor.scopes & {f"{SYSTEM_ENTITY}:{name}", f"{SYSTEM_ENTITY}:*", "*"}:
        return False
    mine = [
        rule for rule in actor.rules
        if (rule.entity == SYSTEM_ENTITY and rule.operation in (name, "*")) or (rule.entity, rule.operation, rule.level) == ("*", "*", "all")
    ]  # fmt: skip
    return any(not rule.deny and rule.level != "none" for rule in mine) and not any(rule.deny for rule in mine)


def require_system_right(actor: "Actor", name: str) -> None:
    """Raise Forbidden, naming the right, unless the actor holds it."""
    if not has_system_right(actor, name):
        text = _("You lack the right “%(right)s”. An administrator can grant it by a role.") % {
            "right": SYSTEM_RIGHTS[name]
        }
        raise Forbidden(f"{SYSTEM_ENTITY}:{name}", text)
