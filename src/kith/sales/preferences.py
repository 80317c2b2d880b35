"""What an installation decides about sales, by the names of rules.md: forecasting, score, first response, timeline."""

import datetime as dt
from typing import Any

from kith import env

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FACTORS = ("source", "country", "region", "language", "phone", "email", "tags")


def days(words: tuple[str, ...]) -> frozenset[int]:
    """Days of the week as numbers, Monday = 0; unknown words are left out."""
    return frozenset(WEEK.index(word.lower()) for word in words if word.lower() in WEEK)


def clock(text: str, otherwise: dt.time) -> dt.time:
    """A time of day such as 09:30."""
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        return otherwise


def day(text: str) -> dt.date | None:
    """A day such as 2026-01-31; None for none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


VALUES: dict[str, Any] = {
    "sales.forecasting": env.flag(
        "SALES_FORECASTING", False, "Whether every open opportunity needs an expected amount and an expected close."
    ),
    "score.fields": env.words(
        "SCORE_FIELDS", FACTORS, "What the score of leads and opportunities is computed from, besides the stage."
    ),
    "score.min_count": env.number("SCORE_MIN_COUNT", 0, "Tags seen less often do not count in the score.", low=0),
    "score.start_date": day(env.text("SCORE_START_DATE", "", "The score leaves out what was closed before this day.")),
    "lead.carry_timeline": env.flag(
        "LEAD_CARRY_TIMELINE", True, "Whether an opportunity shows the timeline of the leads it came from."
    ),
    "lead.response_hours": env.number(
        "LEAD_RESPONSE_HOURS", 8, "Working hours in which a lead is to be answered; 0 for no limit.", low=0, high=1000
    ),
    "lead.work_begins": clock(env.text("WORK_BEGINS", "09:00", "When working days begin."), dt.time(9)),
    "lead.work_ends": clock(env.text("WORK_ENDS", "18:00", "When working days end."), dt.time(18)),
    "lead.work_days": days(env.words("WORK_DAYS", WEEK[:5], "Working days of the week.")),
}


def get(name: str) -> Any:
    """The value of a setting."""
    return VALUES[name]
