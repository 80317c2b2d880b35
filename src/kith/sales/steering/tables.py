"""The tables of steering as columns and rows of a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import access, rates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import Forbidden
from kith.core.exchange.formats.columns import Column
from kith.core.money import currency_step, round_to

from . import flow, forecast, funnel, pipeline, targets, team

PLACES = Decimal("0.0001")
type Names = dict[UUID, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: what it is called, its columns and rows, and the kinds of records that its figures are made of."""

    title: str
    columns: list[Column]
    rows: Sequence[Sequence[Any]]
    made_of: tuple[str, ...] = ("sales.opportunity",)


def require_export(actor: Actor, labels: Iterable[str]) -> None:
    """Raise Forbidden unless the actor may export everything that the figures are made of: sums would tell of the rest."""
    for label in labels:
        entity = registry.get(label)
        access.require(actor, entity, "export")
        if not access.predicate(entity, actor, "export"):
            continue
        exported = entity.rows(actor, "export").order_by().values("pk")
        if entity.rows(actor).exclude(pk__in=exported).exists():
            raise Forbidden(
                access.right(entity, "export"),
                _(
                    "Some %(what)s in these figures may be seen by you but not exported. An administrator can grant it by a role."
                )
                % {"what": entity.plural},
            )


def columns(first: str, *heads: str) -> list[Column]:
    """A column of names, then numbers."""
    return [Column("name", first), *(Column(f"c{at}", head, "number") for at, head in enumerate(heads))]


def money(label: Any) -> str:
    """The heading of a column of amounts."""
    return f"{capfirst(str(label))}, {rates.base()}"


def amount(value: Decimal | None) -> Decimal | None:
    """An amount, rounded once (R162)."""
    return None if value is None else round_to(value, currency_step(rates.base()))


def of_forecast(lines: list[tuple[forecast.Line, int]], names: Names, labels: dict[str, str]) -> Sheet:
    """Own and team's amounts by category, what was submitted and adjusted."""
    heads = [money(f"{label}, {part}") for label in labels.values() for part in (_("own"), _("team's"))]
    rows = [
        [
            " " * 2 * depth + (names.get(line.person, _("hidden")) if line.person else _("nobody")),
            *(amount(part.get(name)) for name in labels for part in (line.own, line.team)),
            amount(line.submission.expected) if line.submission else None,
            amount(line.submission.adjusted) if line.submission else None,
        ]
        for line, depth in lines
    ]
    return Sheet(_("Forecast"), columns(_("Person"), *heads, money(_("Submitted")), money(_("Adjusted"))), rows)


def of_flow(found: flow.Flow) -> Sheet:
    """The sums at both ends and the parts between them."""
    rows: list[Sequence[Any]] = [[_("At the beginning"), None, amount(found.before)]]
    rows += [[capfirst(str(part.label)), part.count, amount(part.amount)] for part in found.parts]
    return Sheet(
        _("Deals flow"),
        columns(_("Part"), _("Deals"), money(_("Amount"))),
        [*rows, [_("At the end"), None, amount(found.after)]],
    )


def of_funnel(found: funnel.Funnel, label: str, *, has_amount: bool) -> Sheet:
    """The steps with conversion and days."""
    heads = [_("Reached"), *([money(_("Amount"))] if has_amount else []), _("of the step before, %"), _("of all, %"), _("Median days"), *(f"{_('Days')}, {part} %" for part in (25, 75, 90)), _("Lost from here")]  # fmt: skip
    rows = [
        [
            str(step.stage), step.count, *([amount(step.amount)] if has_amount else []), step.of_before, step.of_all, step.days.median, step.days.p25, step.days.p75, step.days.p90,
            found.lost.get(step.stage.pk, 0),
        ]
        for step in found.steps
    ]  # fmt: skip
    return Sheet(_("Funnel"), columns(_("Stage"), *heads), rows, (label,))


def of_targets(lines: list[dict[str, Any]]) -> Sheet:
    """What was to be reached and what was."""
    heads = [Column("name", _("Target")), Column("from", _("From"), "date"), Column("until", _("Until"), "date")]
    heads += [Column(name, head, "number") for name, head in (("target", _("Target")), ("reached", _("Reached")), ("share", _("Share, %")))]  # fmt: skip
    rows = [
        [
            str(line["target"]), line["target"].starts_on, line["target"].ends_on, line["target"].value, line["reached"], round_to(line["share"], PLACES),
        ]
        for line in lines
    ]  # fmt: skip
    metrics = {targets.METRICS[line["target"].metric].entity for line in lines}
    return Sheet(_("Targets"), heads, rows, ("sales.salestarget", *sorted(metrics)))


def of_team(members: list[team.Member], names: Names, actor: Actor) -> Sheet:
    """What needs a look, by person."""
    signs = [sign for sign in team.signs() if access.allowed(actor, registry.get(sign.entity), "view")]
    rows = [
        [names[member.id], *(member.counts.get(sign.key, 0) for sign in signs), member.last_at]
        for member in members
        if member.id in names
    ]
    heads = columns(_("Person"), *(capfirst(str(sign.label)) for sign in signs))
    made_of = tuple(dict.fromkeys(sign.entity for sign in signs))
    return Sheet(_("Team"), [*heads, Column("last", _("Last change"), "moment")], rows, made_of)


def of_pipeline(found: dict[UUID | None, pipeline.Line], names: Names, actor: Actor) -> Sheet:
    """The pipeline report by person, then altogether."""
    heads = [
        _("Leads"), _("Deals"), _("Together"), money(_("Amount")), _("Converted"), _("Rate"), money(_("Converted amount")), _("Converted or lost"),
        _("Won"), _("Won of these"), money(_("Won amount")), _("Lost"),
    ]  # fmt: skip

    def row(name: str, line: pipeline.Line) -> Sequence[Any]:
        return [
            name, line.leads, line.deals, line.number, amount(line.amount), line.converted, line.rate, amount(line.converted_amount), line.decided, line.won,
            line.win_rate, amount(line.won_amount), line.lost,
        ]  # fmt: skip

    rows = [row(names.get(owner, _("hidden")) if owner else _("nobody"), line) for owner, line in found.items()]
    kinds = [label for label in (pipeline.DEALS, pipeline.LEADS) if access.allowed(actor, registry.get(label), "view")]
    return Sheet(
        _("Pipeline"), columns(_("Person"), *heads), [*rows, row(_("Total"), pipeline.total(found))], tuple(kinds)
    )
