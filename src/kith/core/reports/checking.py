"""Whether a report to be saved can be answered at all: its parts can be read and its fields exist."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kith.core.access import SYSTEM
from kith.core.filters import BadFilter
from kith.core.views import REPORT_KEYS, Look

from . import reading
from .currencies import TODAY, date_path
from .dimensions import dimension
from .engine import no_dates_divided
from .measures import part

if TYPE_CHECKING:
    from kith.core.entity import Entity


def check_report(entity: "Entity", data: Any) -> None:
    """Raise BadFilter unless this is a report of the entity."""
    if not isinstance(data, dict) or set(data) - set(REPORT_KEYS):
        raise BadFilter(_("A report has these parts: %(names)s.") % {"names": ", ".join(REPORT_KEYS)})
    report = reading.of_data(entity, data, Look(entity))
    for asked in report.dimensions:
        dimension(entity, asked, SYSTEM)
    if report.on not in ("", TODAY):
        date_path(entity, report.on, SYSTEM)
    measures = [measure for figure in report.figures for measure in figure.parts]
    no_dates_divided(report, tuple(part(entity, measure, SYSTEM, at) for at, measure in enumerate(measures)))
