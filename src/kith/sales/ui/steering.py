"""Pages of steering: forecast, deals flow, targets, questions, team; each a period and its figures. The funnel: `funnel_page`."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kith.core import access, rates, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import BadValue, Forbidden, Refused
from kith.core.filters import Test
from kith.core.reports import budget
from kith.core.reports.charts import Chart, Mark, Series, Unit, figure
from kith.core.ui import formats
from kith.core.ui.base import actor_of, guarded

from ..steering import addresses, flow, forecast, questions, targets, team
from ..steering.periods import MONTHS, Period

DEALS = "sales.opportunity"
#: So many targets are shown; the file has all.
MOST_TARGETS = 60
#: Fields that the figures are made of.
NEEDED = frozenset(
    {"amount", "amount_base", "closes_on", "closed_at", "state", "stage", "owner", "forecast_category", "next_step"}
)
TABS = (
    ("forecast", gettext_lazy("Forecast"), "chart-line"),
    ("pipeline", gettext_lazy("Pipeline"), "list-filter"),
    ("flow", gettext_lazy("Deals flow"), "git-compare"),
    ("funnel", gettext_lazy("Funnel"), "filter"),
    ("targets", gettext_lazy("Targets"), "target"),
    ("closing", gettext_lazy("Analysis"), "chart-column"),
    ("team", gettext_lazy("Team"), "users-round"),
)


#: Tabs whose tables are also files (`steering_files`).
EXPORTED = frozenset({"forecast", "pipeline", "flow", "funnel", "targets", "team"})


def shown(request: HttpRequest, tab: str, context: dict[str, Any]) -> HttpResponse:
    """A tab of the page."""
    address = f"/sales/{tab}/export?{request.GET.urlencode()}"
    may = tab in EXPORTED and access.allowed(actor_of(request), registry.get(DEALS), "export")
    return render(
        request, f"sales/steering_{tab}.html", {"tab": tab, "tabs": TABS, "export": address if may else ""} | context
    )


def within_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """All queries of a page of figures share one limit of time; what takes longer is told so, and what to ask instead."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with budget.limited():
            return view(request, *args, **kwargs)

    return answer


def reader(request: HttpRequest, *more: str) -> Actor:
    """The reader, who may see opportunities at all, with the fields that the figures are made of."""
    actor = actor_of(request)
    access.require(actor, registry.get(DEALS), "view")
    hidden = sorted((NEEDED | set(more)) - access.readable(actor, registry.get(DEALS)))
    if hidden:  # sums would tell what the fields hide
        labels = ", ".join(str(registry.get(DEALS).fields[name].label) for name in hidden)
        raise Forbidden(
            f"{DEALS}:view",
            _("Steering needs fields that are hidden from you: %(fields)s.") % {"fields": labels},
            hidden,
        )
    return actor


def period_of(request: HttpRequest) -> Period:
    """The period of the address: `kind` month, quarter or year, and a day `at` in it; the running quarter without."""
    kind = request.GET.get("kind", "quarter")
    if kind not in MONTHS:
        raise BadValue(_("A period is a month, a quarter or a year."))
    return Period.holding(kind, day_of(request, "at") or timezone.localdate())


def day_of(request: HttpRequest, name: str) -> dt.date | None:
    """A day of the address."""
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadValue(_("Not a date; write it as YYYY-MM-DD.")) from None
    if not 1970 <= day.year <= 2999:
        raise BadValue(_("A day between 1970 and 2999."))
    return day


def money() -> Unit:
    """Amounts in the base currency."""
    return Unit("money", rates.base())


def names(actor: Actor, people: Any) -> dict[UUID, str]:
    """Names of users."""
    wanted = {("access.user", person) for person in people if person}
    return {key: title.text for (_label, key), title in titles.load(actor, wanted).items()}


# --- forecast ---------------------------------------------------------------------------------------------------------


@require_safe
@guarded
@within_time
def forecast_page(request: HttpRequest) -> HttpResponse:
    """Amounts by category and person, rolled up; what the reader has submitted."""
    actor, period = reader(request), period_of(request)
    roots = forecast.tree(actor, period)
    lines = list(flat(roots))
    who = names(actor, [line.person for line, _depth in lines])
    totals = {name: sum((root.amount(name) for root in roots), Decimal(0)) for name in forecast.CATEGORIES}
    own = forecast.submissions(actor, period).get(cast(UUID, actor.id))
    context = {
        "period": period, "lines": lines, "names": who, "totals": totals, "own": own, "categories": category_labels(), "actor": actor, "currency": rates.base(),
        "chart": by_person(period, lines, who), "href": lambda person, name: category_rows(period, person, name),
        "past": accuracy_rows(actor, period) if actor.id else [],
    }  # fmt: skip
    return shown(request, "forecast", context)


def category_labels() -> dict[str, str]:
    """Names of the categories."""
    return {"closed": _("won"), "commit": _("commit"), "best": _("best case"), "pipeline": _("pipeline")}


def flat(lines: list[forecast.Line], depth: int = 0) -> Any:
    """Lines with their depth, superiors first."""
    for line in sorted(lines, key=lambda line: -sum(line.amount(name) for name in forecast.CATEGORIES)):
        yield line, depth
        yield from flat(line.below, depth + 1)


def category_rows(period: Period, person: UUID | None, name: str) -> str:
    """The deals of one person in one category."""
    whose = Test("owner", "any", [str(person)]) if person else Test("owner", "empty")
    return addresses.rows(DEALS, *forecast.rows_of(period, whose, name))


def by_person(period: Period, lines: list[tuple[forecast.Line, int]], who: dict[UUID, str]) -> Any:
    """A stacked column for each person with own deals."""
    mine = [line for line, _depth in lines if line.own]
    series = tuple(
        Series(label, tuple(Mark(line.own.get(name), category_rows(period, line.person, name)) for line in mine))
        for name, label in category_labels().items()
    )
    categories = tuple(who.get(line.person, "") if line.person else _("nobody") for line in mine)
    return figure(Chart("stack", _("By person and category"), categories, series, money(), _("Person")), "by-person")


def accuracy_rows(actor: Actor, period: Period) -> list[forecast.Accuracy]:
    """The reader's own forecasts of the last periods against what was won."""
    return forecast.accuracy(actor, cast(UUID, actor.id), forecast.past(period, 4))


@require_POST
@guarded
def submit(request: HttpRequest) -> HttpResponse:
    """Submit the reader's forecast."""
    actor = reader(request)
    period = period_of(request)
    spec = registry.get("sales.forecastsubmission").fields["expected"]
    expected = spec.type.parse(request.POST.get("expected", ""), spec)
    if expected is None:
        raise Refused({"expected": [_("Enter what you expect to win.")]})
    forecast.submit(actor, period, expected, request.POST.get("note", "")[:2000])
    request.session["toast"] = {"text": _("Forecast submitted")}
    return redirect(f"/sales/forecast?kind={period.kind}&at={period.first.isoformat()}")


@require_POST
@guarded
def adjust(request: HttpRequest, key: UUID) -> HttpResponse:
    """Adjust or accept the forecast of somebody below."""
    actor = reader(request)
    entity = registry.get("sales.forecastsubmission")
    said = access.fetch(entity, actor, key)
    if request.POST.get("do") == "accept":
        forecast.accept(actor, said)
    else:
        spec = entity.fields["expected"]
        amount = spec.type.parse(request.POST.get("adjusted", ""), spec)
        if amount is None:
            raise Refused({"adjusted": [_("Enter the amount to count with.")]})
        why = entity.fields["adjustment_note"]
        forecast.adjust(actor, said, amount, why.type.clean(request.POST.get("note", "")[:2000], why) or "")
    request.session["toast"] = {"text": _("Saved")}
    return redirect(f"/sales/forecast?at={said.starts_on.isoformat()}")


# --- deals flow -------------------------------------------------------------------------------------------------------


def flow_question(request: HttpRequest, actor: Actor, period: Period) -> tuple[flow.Question, dt.date, dt.date]:
    """Between two days, from the morning of the first to the evening of the last; without any the last 30 days. With the days."""
    until = day_of(request, "until") or timezone.localdate()
    since = day_of(request, "since") or until - dt.timedelta(days=30)
    if since > until:
        raise BadValue(_("The first day lies after the last one."))
    begin = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(until + dt.timedelta(days=1), dt.time()))
    return flow.Question(actor, period.first, period.last, begin, min(end, timezone.now())), since, until


@require_safe
@guarded
@within_time
def flow_page(request: HttpRequest) -> HttpResponse:
    """Where the deals of the period went between two days."""
    actor, period = reader(request), period_of(request)
    question, since, until = flow_question(request, actor, period)
    found = flow.flow(question)
    address = f"/sales/flow/deals?kind={period.kind}&at={period.first}&since={since}&until={until}&part="
    marks = [Mark(found.before, "", "total"), *(Mark(part.amount, f"{address}{part.key}") for part in found.parts), Mark(found.after, "", "total")]  # fmt: skip
    heads = (_("At the beginning"), *(str(part.label) for part in found.parts), _("At the end"))
    chart = Chart(
        "waterfall", _("Open deals of the period"), heads, (Series(_("Amount"), tuple(marks)),), money(), _("Part")
    )
    context = {
        "period": period,
        "since": since,
        "until": until,
        "flow": found,
        "address": address,
        "currency": rates.base(),
    }
    return shown(request, "flow", context | {"chart": figure(chart, "flow")})


@require_safe
@guarded
@within_time
def flow_deals(request: HttpRequest) -> HttpResponse:
    """The deals of one part, with their amount before and after."""
    actor, period = reader(request), period_of(request)
    part = request.GET.get("part", "")
    if part not in flow.PARTS:
        raise BadValue(_("There is no such part; there are: %(valid)s.") % {"valid": ", ".join(flow.PARTS)})
    question, _since, _until = flow_question(request, actor, period)
    found = list(flow.deals(question, part))
    texts = titles.load(actor, {(DEALS, deal.id) for deal in found})
    context = {
        "period": period,
        "part": part,
        "label": flow.PARTS[part],
        "deals": found,
        "texts": texts,
        "currency": rates.base(),
        "limit": 200,
    }
    return shown(request, "deals", context)


# --- targets ----------------------------------------------------------------------------------------------------------


@require_safe
@guarded
@within_time
def targets_page(request: HttpRequest) -> HttpResponse:
    """Targets of the period with what was reached, and the burn-up of one of them."""
    actor, period = reader(request), period_of(request)
    entity, lines = registry.get(targets.LABEL), target_lines(actor, period, MOST_TARGETS + 1)
    more, lines = len(lines) > MOST_TARGETS, lines[:MOST_TARGETS]
    mine = [line["target"] for line in lines]
    chosen = next((one for one in mine if str(one.pk) == request.GET.get("target")), next(iter(mine), None))
    context = {
        "period": period,
        "lines": lines,
        "chosen": chosen,
        "currency": rates.base(),
        "may_create": access.allowed(actor, entity, "create"),
        "more": more,
    }
    return shown(request, "targets", context | {"chart": burn_up(actor, chosen) if chosen else ""})


def target_lines(actor: Actor, period: Period, most: int | None = None) -> list[dict[str, Any]]:
    """The targets of a period with what was reached of each."""
    access.require(actor, registry.get(targets.LABEL), "view")
    mine = targets.running(actor, period.first, period.last)[:most]
    found = targets.reached(actor, mine)
    return [
        {"target": one, "reached": found[one.pk], "share": found[one.pk] * 100 / one.value, "href": addresses.of_node(targets.METRICS[one.metric].entity, targets.rows_of(one)),
         "is_money": bool(targets.METRICS[one.metric].sum), "pace": targets.pace(one)}
        for one in mine
    ]  # fmt: skip


def burn_up(actor: Actor, target: Any) -> Any:
    """What was reached day by day, against the straight way to the target."""
    points = targets.burn_up(actor, target)
    whole = (target.ends_on - target.starts_on).days + 1
    last = min(timezone.localdate(), target.ends_on)
    count = min(24, whole)
    days = [
        target.starts_on + dt.timedelta(days=round((whole - 1) * step / max(1, count - 1))) for step in range(count)
    ]
    done = tuple(Mark(so_far(points, day) if day <= last else None) for day in days)
    plan = tuple(Mark(target.value * ((day - target.starts_on).days + 1) / whole) for day in days)
    unit = money() if targets.METRICS[target.metric].sum else Unit()
    texts = tuple(str(formats.day(day)) for day in days)
    chart = Chart(
        "burnup", str(target), texts, (Series(_("Reached"), done), Series(_("Target"), plan, "target")), unit, _("Day")
    )
    return figure(chart, "burn-up")


def so_far(points: list[tuple[dt.date, Decimal]], day: dt.date) -> Decimal:
    """What was reached until the end of a day."""
    return next((amount for at, amount in reversed(points) if at <= day), Decimal(0))


# --- analysis, team ---------------------------------------------------------------------------------------------------


@require_safe
@guarded
def closing_page(request: HttpRequest) -> HttpResponse:
    """Questions about deals and leads, each answered by a report that can be changed and saved."""
    actor, period = reader(request), period_of(request)
    groups = [
        (question.title, question.links(period))
        for question in questions.QUESTIONS
        if access.allowed(actor, registry.get(question.entity), "view")
    ]
    return shown(request, "closing", {"period": period, "groups": groups})


@require_safe
@guarded
@within_time
def team_page(request: HttpRequest) -> HttpResponse:
    """What needs a look, by person; `only=idle` leaves those below the reader who have been idle."""
    actor = reader(request)
    members = team.board(actor)
    if request.GET.get("only", "") not in ("", "idle"):
        raise BadValue(_("Ask for only=idle, or for everybody."))
    if request.GET.get("only"):
        idle = set(team.idle(actor).values_list("pk", flat=True))
        members = [member for member in members if member.id in idle]
    context = {"members": members, "signs": team.signs(), "names": names(actor, [member.id for member in members])}
    return shown(request, "team", context)
