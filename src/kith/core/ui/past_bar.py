"""The bar that says that a page shows the past: as of when, what is missing, the way back to today."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core import access, askable, asof, control_totals
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.filters import EVERYTHING
from kith.core.past import Past
from kith.core.ui import formats
from kith.core.views import REPORT, Look, path_of


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands in it."""

    text: str
    back: str
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()


def words(when: Past) -> str:
    """The moment: a day stands for its end."""
    day = formats.day(when.day, "medium")
    return day if when.is_day else f"{day} {formats.clock(when.moment)}"


def of_list(look: Look, actor: Actor) -> Bar:
    """The bar over a list or board."""
    assert look.as_of
    now = replace(look, as_of=None)
    query = f"{now.query(explicit=True)}&{urlencode({'from': look.as_of.text})}"
    slug = look.entity.slug
    links = (
        (_("Compare with today"), f"/{slug}/differences?{query}", "git-compare"),
        (
            _("Why did the figures change?"),
            f"/{slug}/{'report/' if look.shape == REPORT else ''}why?{query}",
            "circle-question-mark",
        ),
    )
    back = f"{path_of(look.entity, look.shape)}?{now.query()}".rstrip("?")
    return Bar(_("As of %(when)s") % {"when": words(look.as_of)}, back, tuple(notes(look, actor)), links)


def notes(look: Look, actor: Actor) -> Iterable[str]:
    """What the list cannot show."""
    assert look.as_of
    names = [capfirst(str(spec.label)) for spec in askable.left_out(look)]
    if names:
        yield _("Not kept in the history, so not shown: %(names)s.") % {"names": ", ".join(names)}
    yield from filter(None, (erased_words(look.entity, actor, look.as_of), control_words(look, actor)))
    if asof.emptied_since(look.entity, look.as_of):
        yield _("Some values of then were erased since with personal data; later ones are shown in their place.")
    yield _("Records that you may not see today are left out; stages and choices are called as today.")
    yield str(askable.NO_WORDS)


def sees_all(entity: Entity, actor: Actor) -> bool:
    """Whether somebody sees all records: figures of all of them are for nobody else."""
    return not access.predicate(entity, actor, "view")


def control_words(look: Look, actor: Actor) -> str:
    """How many records were counted that night, for a list of all of them; "" where none were."""
    assert look.as_of
    if look.filter != EVERYTHING or not sees_all(look.entity, actor):
        return ""
    count = control_totals.totals_of(look.entity, look.as_of.moment).get((control_totals.COUNT, ""))
    if count is None:
        return ""
    return _("The control total of that night: %(count)s records.") % {"count": formats.num(int(count))}


def erased_words(entity: Entity, actor: Actor, when: Past) -> str:
    """How many records of then nothing can show any more; "" for none."""
    count = asof.erased_since(entity, when) if sees_all(entity, actor) else 0
    if not count:
        return ""
    return ngettext(
        "%(num)s record of then has been erased for good and is missing here.",
        "%(num)s records of then have been erased for good and are missing here.",
        count,
    ) % {"num": formats.num(count)}
