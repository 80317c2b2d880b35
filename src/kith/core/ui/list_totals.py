"""What stands under and between the rows: sums, counts, group headings."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kith.core import conversion, rates, sums
from kith.core.conversion import Converted
from kith.core.grouping import GroupRow
from kith.core.money import Money
from kith.core.reports.table import PLAIN
from kith.core.specs import FieldSpec
from kith.core.sums import MIXED
from kith.core.titles import Titles
from kith.core.ui import formats
from kith.core.ui.icons import icon
from kith.core.ui.list_rows import Sheet
from kith.core.views import REPORT, Look


def of_records(look: Look, records: Iterable[Any]) -> dict[str, Any]:
    """The sums of rows that are all here; the same as sums.totals without a query."""
    kept, found = list(records), dict[str, Any]()
    for spec in sums.summed(look):
        given = [value for record in kept if (value := spec.get(record)) is not None]
        if not given or spec.type.name != "money":
            found[spec.name] = sum(given) if given else None
            continue
        currencies = {value.currency for value in given}
        total = sum((value.amount for value in given), Decimal(0))
        found[spec.name] = Money(total, currencies.pop()) if len(currencies) == 1 else converted(look, spec, kept)
    return found


def converted(look: Look, spec: FieldSpec, records: Iterable[Any]) -> Any:
    """The sum of amounts in several currencies in the base currency; MIXED where one has no rate."""
    given = [(record, value) for record in records if (value := spec.get(record)) is not None]
    amounts = [conversion.of_record(look.entity, record, value) for record, value in given]
    known = [amount for amount in amounts if amount is not None]
    return MIXED if len(known) < len(amounts) else Converted(sum(known, Decimal(0)), rates.base())


def amount(value: Any, *, short: bool = False) -> Markup:
    """A sum."""
    if isinstance(value, Converted):
        return Markup('<span title="{}"><span aria-hidden="true">≈ </span>{}</span>').format(
            _("Amounts in several currencies, converted by the rates of each day."), formats.money(value, short=short)
        )
    if isinstance(value, Money):
        return formats.money(value, short=short)
    if value == MIXED:
        return Markup('<span class="dim" title="{}">{}</span>').format(
            _("These amounts cannot be added up: an exchange rate is missing."), _("several currencies")
        )
    return escape(formats.num(value))


def parts_address(look: Look, name: str) -> str:
    """The report that tells a sum by currency."""
    report = {"m": [f"sum:{name}"], "chart": "table", "apart": 1}
    return f"/{look.entity.slug}/report?{replace(look, report=report, group='', shape=REPORT).query(explicit=True, view_id=PLAIN)}"


def foot(look: Look, name: str, value: Any) -> Markup:
    """A sum under a column; one of several currencies opens its parts."""
    if look.as_of or (not isinstance(value, Converted) and value != MIXED):
        return amount(value)
    return Markup('<a href="{}">{}</a>').format(parts_address(look, name), amount(value))


def heading(sheet: Sheet, spec: FieldSpec, group: GroupRow, number: int | str, titles: Titles) -> str:
    """The row above a group: its value, how many rows, their first sum."""
    total = next((value for value in group.sums.values() if value is not None and value != MIXED), None)
    facts = [formats.num(group.count), *([amount(total, short=True)] if total is not None else [])]
    inner = " · ".join(str(escape(fact)) for fact in facts)
    return (
        f'<tr class="group"><th scope="colgroup" colspan="{sheet.width}"><button type="button" class="row g1" id="group-{number}" '
        f'aria-expanded="true" data-group="{number}">{icon("chevron-down", "s")}{escape(words(spec, group.value, titles))}'
        f'<span class="cnt">{inner}</span></button></th></tr>'
    )


def inner_heading(sheet: Sheet, spec: FieldSpec, group: GroupRow, outer: int, key: str, titles: Titles) -> str:
    """The row above a group inside another one."""
    row = heading(sheet, spec, group, key, titles)
    return row.replace('<tr class="group">', f'<tr class="group inner" data-in="{outer}">', 1)


def words(spec: FieldSpec, value: Any, titles: Titles) -> str:
    """What a group is called."""
    if value is None:
        return _("%(field)s: none") % {"field": capfirst(str(spec.label))}
    if spec.type.name == "link":
        title = titles.get((spec.target, value))
        return title.text if title else _("hidden")
    if spec.type.name in ("date", "moment"):
        return formats.month(value)
    return capfirst(spec.type.text(value, spec))


def group_links(spec: FieldSpec, groups: Iterable[GroupRow]) -> list[tuple[str, Any]]:
    """The records that groups are named by."""
    return [(spec.target, group.value) for group in groups if group.value] if spec.type.name == "link" else []


def with_empty(shown: dict[Any, str], groups: list[GroupRow], first: Any, done: int) -> tuple[dict[Any, str], str]:
    """The headings, each with those of the groups without rows before it; and those after the last one.

    `first` is the group of the page's first row, `done` how many rows stood on the pages before: groups before a row in
    the middle of its group stood on those pages.
    """
    made, waiting, before = dict[Any, str](), "", 0
    for group in groups:
        if not group.count:
            waiting += shown[group.value]
            made[group.value] = ""
            continue
        passed = group.value == first and done > before
        made[group.value] = ("" if passed else waiting) + shown[group.value]
        waiting, before = "", before + group.count
    return made, waiting


def headings(sheet: Sheet, spec: FieldSpec, groups: list[GroupRow], titles: Titles) -> dict[Any, str]:
    """The heading row of each group, by its value."""
    return {group.value: heading(sheet, spec, group, at, titles) for at, group in enumerate(groups)}
