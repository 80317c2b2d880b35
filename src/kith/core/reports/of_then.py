"""What a report may ask of the past: fields that the ledger tells, of the records and of those they link to or that link to them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kith.core import askable
from kith.core.filters import EVERYTHING, BadFilter

from .shape import EACH, Report

if TYPE_CHECKING:
    from kith.core.access import Actor

TODAY = "today"


def check(report: Report, actor: "Actor") -> None:
    """Raise BadFilter, naming the field, for what the past cannot tell."""
    if report.q:
        raise BadFilter(askable.NO_WORDS)
    askable.tests(report.entity, report.filter)
    for path in paths(report):
        if not askable.follows(report.entity, path.split(".")):
            raise askable.refusal(report.entity, path)
    for one in (part for figure in report.figures for part in figure.parts):
        if one.where != EVERYTHING:
            askable.tests(report.entity, one.where)
    no_trees(report, actor)


def paths(report: Report) -> Iterator[str]:
    """Every field that a report asks for."""
    yield from (one.path for one in report.dimensions)
    yield from (part.path for figure in report.figures for part in figure.parts if part.path)
    if report.on and report.on != TODAY:
        yield report.on


def no_trees(report: Report, actor: "Actor") -> None:
    """Refuse to roll up branches of a tree: they are those of today."""
    from .dimensions import dimension

    for asked in report.dimensions:
        if (found := dimension(report.entity, asked, actor)).tree is not None:
            raise BadFilter(
                _("Branches of “%(field)s” are those of today; choose it “%(each)s”.")
                % {"field": found.path.label, "each": EACH[1]}
            )
