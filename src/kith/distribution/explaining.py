"""Why a record went to somebody, in the reader's language: "to Vera: 2nd of 3 by quota, rule Web leads, preferred"."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

BY = {
    "round_robin": lambda: _("in turn"), "weighted": lambda: _("by weight"), "least_busy": lambda: _("as the least busy"),
    "capacity": lambda: _("by quota"), "territory": lambda: _("by territory"), "language": lambda: _("by language"),
    "skill": lambda: _("by skill"), "previous": lambda: _("as the previous owner"),
}  # fmt: skip


def words(why: Mapping[str, Any]) -> str:
    """The explanation of one decision."""
    if why.get("none"):
        return left(why)
    given = _("to %(who)s: %(place)s of %(count)s %(by)s, rule %(rule)s") % {
        "who": why["to"], "place": ordinal(why["place"]), "count": why["of"], "by": BY[why["by"]](), "rule": why["rule"],
    }  # fmt: skip
    return ", ".join([given, *details(why)])


def details(why: Mapping[str, Any]) -> list[str]:
    """What else decided."""
    found = [_("preferred")] if why.get("preferred") else []
    if why["by"] == "least_busy":
        count = why.get("figure", 0)
        found.append(ngettext("%(num)s open record", "%(num)s open records", count) % {"num": count})
    if why["by"] == "capacity" and not why.get("preferred"):
        found.append(_("%(num)s left today") % {"num": why.get("figure", 0)})
    if why.get("instead"):
        found.append(_("stands in for %(who)s") % {"who": why["instead"]})
    return found


def left(why: Mapping[str, Any]) -> str:
    """Why a record found nobody, and what becomes of it."""
    if why["none"] == "no_rule":
        return _("stays without an owner: no rule takes it")
    reason = _("quotas are used up or nobody fits") if why["none"] == "full" else _("nobody takes part today")
    text = _("rule %(rule)s: %(reason)s") % {"rule": why["rule"], "reason": reason}
    return f"{text}; {then(why)}"


def then(why: Mapping[str, Any]) -> str:
    """Where the rest goes."""
    if why.get("pool"):
        return _("into the pool %(pool)s") % {"pool": why["pool"]}
    return _("to %(who)s") % {"who": why["to"]} if why.get("to") else _("waits for the next run")


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th; other languages write the number and the text around it says the rest."""
    if (get_language() or "en")[:2] != "en":
        return str(number)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"
