"""Hand-made parts of record pages: personal data of a customer, the dry run of a retention rule."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Panel, registry
from kith.core.errors import Refused

from . import erasing, register, retention, subjects


def personal(actor: Actor, party: Any) -> dict[str, Any]:
    """What is held about one, how often, and the acts that the reader may do."""
    entity = registry.for_model(type(party))
    rights = {name for name in ("personal_export", "personal_erase") if access.has_system_right(actor, name)}
    if not rights:
        return {"rights": rights, "held": [], "entity": entity, "party": party}
    own, linked = subjects.counts(entity, party)
    held = [(registry.get(label), count, True) for label, count in own.items()]
    held += [(registry.get(label), count, False) for label, count in linked.items()]
    blocked = ""
    try:
        erasing.check(entity, party)
    except Refused as refused:
        blocked = " ".join(str(text) for texts in refused.errors.values() for text in texts)
    fields = [spec for spec in register.marked(entity) if spec.columns and not spec.type.is_empty(spec.get(party))]
    return {"rights": rights, "held": held, "fields": fields, "entity": entity, "party": party, "blocked": blocked}


PERSONAL = Panel("personal-data", _("Personal data"), "privacy/panel.html", personal)
DRY_RUN = Panel("dry-run", _("Dry run"), "privacy/dry_run.html", retention.panel)
