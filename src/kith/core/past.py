"""The moment of the past that a page speaks of: "as of 31 Oct" is the end of that day in the reader's zone (N2).

    with past.at(past.of("2026-10-31")):
        …   # relative days ("this month", "overdue"), exchange rates and rows of a look are those of then

A door that travels says so by `travels`; every other one refuses an address that asks for the past, instead of
answering with today's values. Nothing can be changed inside.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from .errors import KithError, Refused

#: The parameter of addresses.
NAME = "as_of"
EARLIEST = 1900
TICK = dt.timedelta(microseconds=1)
NOT_HERE = _("This cannot be asked of the past; lists, boards, calendars, reports, records and exports can.")


@dataclass(frozen=True, slots=True)
class Past:
    """A moment and how an address writes it; what was worked out about it is kept in `memo`."""

    moment: dt.datetime
    text: str
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_day(self) -> bool:
        """Whether it is the end of a day."""
        return len(self.text) == len("2026-10-31")

    @property
    def exact(self) -> "Past":
        """The same moment, written so that it is the same in every time zone."""
        return Past(self.moment, self.moment.isoformat())

    @property
    def day(self) -> dt.date:
        """Its day in the reader's zone."""
        return timezone.localdate(self.moment)


_current: ContextVar[Past | None] = ContextVar("kith_past", default=None)
_played: ContextVar[Past | None] = ContextVar("kith_played", default=None)


def current() -> Past | None:
    """The moment that is spoken of; None for now."""
    return _current.get()


def today() -> dt.date:
    """The day that counts as today."""
    here = _current.get()
    return here.day if here else timezone.localdate()


def now() -> dt.datetime:
    """The moment that counts as now."""
    here = _current.get()
    return here.moment if here else timezone.now()


@contextmanager
def at(when: Past | None) -> Iterator[None]:
    """Speak of another moment, or of now."""
    token = _current.set(when)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def playing(when: Past) -> Iterator[None]:
    """Speak of another moment, and let every query begin with the rows of then (`Entity.rows`): to ask rights as they were."""
    token = _played.set(when)
    try:
        with at(when):
            yield
    finally:
        _played.reset(token)


@contextmanager
def paused() -> Iterator[None]:
    """Speak of now, also inside `playing`: for what is read once and kept for everybody."""
    token = _played.set(None)
    try:
        with at(None):
            yield
    finally:
        _played.reset(token)


def played() -> Past | None:
    """The moment with whose rows every query begins; None for now."""
    return _played.get()


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day in the reader's zone; where clocks go back at midnight that is the second one so called."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time())).astimezone(dt.UTC) - TICK


def of(text: str) -> Past:
    """The moment that an address names: a day, or a moment (without an offset it is of the reader's zone)."""
    try:
        day = dt.date.fromisoformat(text) if len(text) == len("2026-10-31") else None
        moment = end_of(day) if day else parse_datetime(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year < EARLIEST:
        raise bad(
            _("“%(text)s” is no day such as 2026-10-31, and no moment such as 2026-10-31T18:00.") % {"text": text[:40]}
        )
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    now = timezone.now()
    if moment > now and not (day and day <= timezone.localdate()):
        raise bad(_("%(text)s lies in the future; only what was can be shown.") % {"text": text[:40]})
    return Past(min(moment, now), text)


def bad(message: Any) -> KithError:
    """The error for a moment that cannot be asked for."""
    from .filters import BadFilter  # conditions ask this module what is today

    return BadFilter(message)


def asked(params: Any) -> Past | None:
    """The moment that parameters ask for, None for now."""
    text = str(params.get(NAME, "")) if params else ""
    return of(text) if text else None


def travels[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Mark a door that shows the past where the address asks for it (`as_of`)."""
    view.travels = True  # type: ignore[attr-defined]
    return view


def led(view: Callable[..., Any]) -> Callable[..., Any]:
    """A door of an entity with the moment its address asks for; one that does not travel refuses."""

    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> Any:
        when = asked(request.GET)
        if when is not None and not getattr(view, "travels", False):
            raise bad(NOT_HERE)
        with at(when):
            return view(request, *args, **kwargs)

    return answer


def require_now() -> None:
    """Refuse to write while the past is looked at."""
    if _current.get() is not None:
        raise Refused(_("Nothing can be changed in the past; go back to today."))
