"""Working hours: until when something is to be done that may take so many of them."""

import datetime as dt

from django.utils import timezone

from . import preferences

DAY = dt.timedelta(days=1)
#: Further ahead nobody plans; a calendar without working days ends here, too.
MOST_DAYS = 1000


def after(start: dt.datetime, hours: int) -> dt.datetime:
    """The moment at which so many working hours have passed since `start`, in the installation's time zone."""
    zone = timezone.get_default_timezone()
    at, left = start.astimezone(zone), dt.timedelta(hours=hours)
    for _day in range(MOST_DAYS):
        begins, ends = hours_of(at.date())
        at = max(at, begins)
        if ends - at >= left and ends > begins:
            return (at + left).astimezone(dt.UTC)
        left -= max(ends - at, dt.timedelta())
        at = hours_of(at.date() + DAY)[0]
    return at.astimezone(dt.UTC)


def hours_of(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Begin and end of the work of a day; equal on a day off."""
    zone = timezone.get_default_timezone()
    begins = dt.datetime.combine(day, preferences.get("lead.work_begins"), zone)
    ends = dt.datetime.combine(day, preferences.get("lead.work_ends"), zone)
    return (begins, max(begins, ends)) if day.weekday() in preferences.get("lead.work_days") else (begins, begins)
