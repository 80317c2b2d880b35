"""Weeks begin on the day that the company begins them on (`week_start`, rules.md)."""

import datetime as dt

from django.conf import settings

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def first_weekday() -> int:
    """The day that weeks begin on; 0 is Monday."""
    return DAYS.index(settings.KITH_WEEK_START)


def week_start(day: dt.date) -> dt.date:
    """The first day of the week that a day lies in."""
    return day - dt.timedelta(days=(day.weekday() - first_weekday()) % 7)
