"""Weeks begin on the day that the company begins them on (`week_start`, rules.md)."""

import datetime as dt

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def first_weekday() -> int:
    """The day that weeks begin on; 0 is Monday."""
    from .settings_store import get  # the store reads rows, rows ask filters, filters ask for weeks

    return DAYS.index(get("week_start"))


def week_start(day: dt.date) -> dt.date:
    """The first day of the week that a day lies in."""
    return day - dt.timedelta(days=(day.weekday() - first_weekday()) % 7)
