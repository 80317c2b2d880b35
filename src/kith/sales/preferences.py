"""What the company decides about sales, by the names of rules.md: forecasting, score, first response, timeline."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core import settings_store

SALES = _("Sales")
WEEK = (
    ("mon", pgettext_lazy("weekday", "Monday")),
    ("tue", pgettext_lazy("weekday", "Tuesday")),
    ("wed", pgettext_lazy("weekday", "Wednesday")),
    ("thu", pgettext_lazy("weekday", "Thursday")),
    ("fri", pgettext_lazy("weekday", "Friday")),
    ("sat", pgettext_lazy("weekday", "Saturday")),
    ("sun", pgettext_lazy("weekday", "Sunday")),
)
DAYS = tuple(name for name, _label in WEEK)
FACTORS = (
    ("source", _("source")),
    ("country", _("country")),
    ("region", _("region")),
    ("language", _("language")),
    ("phone", _("state of the phone")),
    ("email", _("state of the e-mail")),
    ("tags", _("tags")),
)
HALF_HOURS = tuple((f"{hour:02}:{minute}", f"{hour:02}:{minute}") for hour in range(24) for minute in ("00", "30"))
TEAM = "people.orgunit"

get = settings_store.get


def days(names: list[str]) -> frozenset[int]:
    """Days of the week as numbers, Monday = 0."""
    return frozenset(DAYS.index(name) for name in names)


def words(text: str | None) -> frozenset[str]:
    """The words of a list that is written with commas."""
    return frozenset(word.strip() for word in (text or "").split(",") if word.strip())


def score_fields(team: Any) -> frozenset[str]:
    """What the score of a team's records is computed from (R67)."""
    return frozenset(get("score.fields", scope=(TEAM, team)))


def all_score_fields() -> tuple[str, ...]:
    """What the score of any team is computed from, in the order of the choices."""
    setting = settings_store.find("score.fields")
    used = {*get("score.fields"), *(name for one in settings_store.exceptions(setting).values() for name in one)}
    return tuple(name for name, _label in FACTORS if name in used)


settings_store.declare(
    "sales.forecasting",
    _("Every open opportunity needs an expected amount and an expected close"),
    "boolean",
    default=False,
    group=SALES,
)
settings_store.declare(
    "pipeline.offer_stages",
    _("Stages in which an offer is out"),
    "text",
    default="offer",
    group=SALES,
    help=_(
        "Keys of stages, separated by commas: a deal that was in one of them counts as converted in the pipeline report."
    ),
    max_length=200,
    read=words,
)
settings_store.declare(
    "lead.carry_timeline",
    _("An opportunity shows the timeline of the leads it came from"),
    "boolean",
    default=True,
    group=SALES,
)
settings_store.declare(
    "lead.response_hours",
    _("Working hours in which a lead is to be answered"),
    "number",
    default=8,
    group=SALES,
    help=_("0 for no limit."),
    minimum=Decimal(0),
    maximum=Decimal(1000),
    required=True,
    read=int,
)
settings_store.declare(
    "lead.work_days",
    _("Working days"),
    "choices",
    default=list(DAYS[:5]),
    group=SALES,
    choices=WEEK,
    read=days,
)
settings_store.declare(
    "lead.work_begins",
    _("Working days begin at"),
    "choice",
    default="09:00",
    group=SALES,
    choices=HALF_HOURS,
    required=True,
    read=dt.time.fromisoformat,
)
settings_store.declare(
    "lead.work_ends",
    _("Working days end at"),
    "choice",
    default="18:00",
    group=SALES,
    choices=HALF_HOURS,
    required=True,
    read=dt.time.fromisoformat,
)
settings_store.declare(
    "score.fields",
    _("The score is computed from the stage and"),
    "choices",
    default=[name for name, _label in FACTORS],
    group=SALES,
    choices=FACTORS,
    scopes=(TEAM,),
)
settings_store.declare(
    "score.min_count",
    _("Tags that count in the score were seen so often"),
    "number",
    default=0,
    group=SALES,
    help=_("Tags seen less often do not count."),
    minimum=Decimal(0),
    required=True,
    read=int,
)
settings_store.declare(
    "score.start_date",
    _("The score learns from what was closed since"),
    "date",
    default=None,
    group=SALES,
    help=_("Empty: from everything that was ever closed."),
)
