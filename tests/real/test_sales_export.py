"""Two years of another CRM move in: accounts, products, teams and 8,000 deals with the dirt of real files; what reports say then is what the file says.

The files are written by `tests/real/sales_export.py`; the figures are computed a second time from the rows of the file, without Kith.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.real import sales_export
from tests.real.files import MAPPINGS, command, long, records

from kith.core.commands import import_
from kith.core.entity import registry
from kith.core.exchange import mapping as maps
from kith.core.exchange import runs
from kith.core.exchange.imports import ImportRow, ImportRun
from kith.core.filters import from_url
from kith.core.reports import engine, reading
from kith.core.reports.shape import Report
from kith.core.testing.people import make_people, make_user
from kith.processes import history
from kith.sales.steering.cohorts import Cohort
from kith.sales.steering.funnel import funnel

pytestmark = pytest.mark.django_db
COLUMNS = sales_export.HEADS["sales_pipeline.csv"]


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bring_in(folder: Path, name: str) -> Any:
    """`kith import` of one file."""
    path = MAPPINGS / f"{name}.json"
    return command(import_, str(folder / json.loads(path.read_text())["file"]), "--mapping", str(path))


@pytest.fixture(
    params=[pytest.param(600, id="first rows"), pytest.param(sales_export.DEALS, id="all rows", marks=long)]
)
def moved(request: Any, tmp_path: Path, settings: Any) -> SimpleNamespace:
    """Everything moved in: three files by command, the pipeline by the wizard, its rejected rows as they were corrected in the grid."""
    settings.MEDIA_ROOT = tmp_path / "media"
    people, folder = make_people(), tmp_path / "files"
    folder.mkdir()
    fixes = sales_export.write(folder, deals=request.param)
    for row in table(folder / "sales_teams.csv"):
        make_user(row["sales_agent"])
    for name in ("sales_1_accounts", "sales_2_products", "sales_3_employees", "sales_4_users"):
        told = bring_in(folder, name)
        assert (told.code, "not found" in told.text) == (0, False), told.text
    first = in_wizard(people.actors.eva, folder)
    rejected = {row.cells[0]: row for row in ImportRow.objects.filter(run=first)}
    summary = dict(first.summary)
    child = corrected(people, first, fixes)
    return SimpleNamespace(
        count=request.param, people=people, actor=people.actors.eva, folder=folder, fixes=fixes, rejected=rejected, first=summary, second=child.summary,
        deals=list(of_file(folder, fixes)),
    )  # fmt: skip


def in_wizard(actor: Any, folder: Path) -> ImportRun:
    """The pipeline as a person imports it: file, columns, duplicates, check, import."""
    made = runs.begin(
        actor,
        registry.get("sales.opportunity"),
        [(folder / "sales_pipeline.csv").read_bytes()],
        "sales_pipeline.csv",
    )
    described = json.loads((MAPPINGS / "sales_5_pipeline.json").read_text())
    mapping = maps.from_json(described["mapping"])
    runs.set_mapping(made, columns=mapping.columns, match=mapping.match)
    assert runs.questions(made) == {}
    runs.carry_out(made, actor)
    return made


def corrected(people: Any, made: ImportRun, fixes: sales_export.Fixes) -> ImportRun:
    """The rejected rows again, each dirty cell as it should be: those the page shows on the page, the others by the same function."""
    client, url = people.clients.eva, f"/opportunities/import/{made.pk}/"
    page = client.get(url).content.decode()
    posted = {}
    for row in ImportRow.objects.filter(run=made).order_by("number"):
        cells = dict(zip(COLUMNS, row.cells, strict=True)) | fixes[row.cells[0]]
        if f'name="c-{row.number}-0"' in page:
            posted |= {f"c-{row.number}-{at}": cell for at, cell in enumerate(cells.values())}
        else:
            runs.correct(made, row.number, list(cells.values()))
    assert posted
    assert client.post(f"{url}again", posted).status_code == 302
    child = ImportRun.objects.get(parent=made)
    runs.rehearse(child, people.actors.eva)
    assert child.summary["rejected"] == 0, ImportRow.objects.filter(run=child).exclude(errors={}).first().errors
    runs.carry_out(child, people.actors.eva)
    return child


def of_file(folder: Path, fixes: sales_export.Fixes) -> Iterator[dict[str, Any]]:
    """The deals as the file means them: dirty cells as they should be, days as days, with the office of the agent."""
    offices = {row["sales_agent"]: row["regional_office"] for row in table(folder / "sales_teams.csv")}
    for row in table(folder / "sales_pipeline.csv"):
        cells = {name: text.strip() for name, text in (row | fixes.get(row["opportunity_id"], {})).items()}
        days = {
            name: date.fromisoformat(cells[name]) if cells[name] else None for name in ("engage_date", "close_date")
        }
        yield cells | days | {"office": offices[cells["sales_agent"]], "value": int(cells["close_value"] or 0)}


def test_the_figures_of_reports_are_those_of_the_file(moved: SimpleNamespace) -> None:
    dirt_was_told(moved)
    relations_hold(moved)
    dates_are_those_of_the_file(moved)
    win_rates_agree(moved)
    cycles_agree(moved)
    values_agree(moved)
    the_funnel_counts_by_the_days_of_the_file(moved)


# --- what was told ------------------------------------------------------------------------------------------------------


def dirt_was_told(moved: SimpleNamespace) -> None:
    """Each dirty row was rejected with its column and what to do, no clean one was; corrected they are all there."""
    dirty = {key for key, cells in moved.fixes.items() if cells}
    assert set(moved.rejected) == dirty and len(dirty) > moved.count // 7
    for key, row in moved.rejected.items():
        assert set(row.errors) == told_of(moved, key, row), (key, row.cells, row.errors)
    told = Counter(
        (column, remedy(text))
        for row in moved.rejected.values()
        for column, words in row.errors.items()
        for text in words
    )
    assert set(told) == {
        ("account", "Name a company or a person."),
        ("account", "“…” stands for no record; correct it, or create the record first."),
        ("product", "“…” stands for no record; correct it, or create the record first."),
        ("close_date", "“…” is not in the notation of its column, year-month-day. Write it like the other dates."),
    }
    assert (moved.first["read"], moved.first["added"], moved.first["rejected"]) == (
        moved.count,
        moved.count - len(dirty),
        len(dirty),
    )
    assert (moved.second["read"], moved.second["added"]) == (len(dirty), len(dirty))
    assert records("sales.opportunity").count() == records("sales.opportunityline").count() == moved.count


def told_of(moved: SimpleNamespace, key: str, row: ImportRow) -> set[str]:
    """The columns that are to be named. An empty account is found when the record is checked, so only when all cells can be read."""
    dirty = set(moved.fixes[key])
    cells = dict(zip(COLUMNS, row.cells, strict=True))
    return dirty - {"account"} if not cells["account"] and len(dirty) > 1 else dirty


def remedy(text: str) -> str:
    """A message without the word it is about."""
    head, _sign, rest = text.partition("“")
    return head + "“…" + rest[rest.index("”") :] if rest else text


# --- relations and days -------------------------------------------------------------------------------------------------


def relations_hold(moved: SimpleNamespace) -> None:
    """Deal to owner, company and product line; agent to manager and office; product to series; account to parent."""
    stored = {
        row.external_ids[0].removeprefix("crm:"): row
        for row in records("sales.opportunity").select_related("owner__org_unit", "company", "stage")
    }
    lines = {row.opportunity_id: row for row in records("sales.opportunityline").select_related("product__category")}
    series = {
        row["product"]: (row["series"], Decimal(row["sales_price"])) for row in table(moved.folder / "products.csv")
    }
    stages = {"Prospecting": "new", "Engaging": "qualified", "Won": "won", "Lost": "lost"}
    for deal in moved.deals:
        row = stored[deal["opportunity_id"]]
        line = lines[row.pk]
        assert (row.owner.name, row.owner.org_unit.name, row.company.name, row.stage.key) == (
            deal["sales_agent"], deal["office"], deal["account"], stages[deal["deal_stage"]],
        )  # fmt: skip
        assert (line.product.name, line.product.category.name, line.price) == (
            deal["product"],
            *series[deal["product"]],
        )
        assert (row.amount, row.name) == (
            line.price,
            f"{deal['account']} · {deal['product']}" if deal["account"] else "",
        )
    employees = {row.name: row for row in records("people.employee").select_related("manager", "org_unit", "user")}
    for row in table(moved.folder / "sales_teams.csv"):
        agent = employees[row["sales_agent"]]
        assert (agent.manager.name, agent.org_unit.name, agent.user.name) == (
            row["manager"],
            row["regional_office"],
            row["sales_agent"],
        )
    companies = {row.name: row for row in records("parties.company").select_related("parent", "industry")}
    accounts = table(moved.folder / "accounts.csv")
    assert len(accounts) == len(companies) == 85
    for row in accounts:
        found = companies[row["account"]]
        assert (found.parent.name if found.parent else "") == row["subsidiary_of"]
        assert (found.annual_revenue, found.employees_count, found.founded_year) == (
            Decimal(row["revenue"]), int(row["employees"]), int(row["year_established"]),
        )  # fmt: skip
        assert found.industry.name == row["sector"].replace("technolgy", "technology") and found.country


def dates_are_those_of_the_file(moved: SimpleNamespace) -> None:
    """Beginning, close and the stay in the closed stage are of the file; what it does not tell is not made up."""
    stored = {row.external_ids[0].removeprefix("crm:"): row for row in records("sales.opportunity")}
    for deal in moved.deals:
        row = stored[deal["opportunity_id"]]
        assert (row.closed_at.date() if row.closed_at else None) == deal["close_date"]
        if deal["engage_date"]:
            assert row.started_on == deal["engage_date"]
        assert (row.stage_at == row.closed_at) == bool(deal["close_date"])
    won = next(deal for deal in moved.deals if deal["deal_stage"] == "Won")
    (stay,) = history.stays(stored[won["opportunity_id"]])
    assert (stay.entered_at.date(), stay.state, stay.left_at) == (won["close_date"], "won", None)


# --- figures --------------------------------------------------------------------------------------------------------------


def asked(moved: SimpleNamespace, rows: str, *measures: str, only: str = "") -> dict[str, list[Any]]:
    """A report of the opportunities: figures by label of the group, "" for all together."""
    figures = tuple(reading.figure(one) for one in measures)
    node = from_url([only] if only else [])
    found = engine.run(
        Report(registry.get("sales.opportunity"), node, reading.dimensions(rows), (), figures), moved.actor
    )
    lines = {line.label: [plain(found.value(line, None, at)) for at in range(len(measures))] for line in found.lines}
    return lines | {"": [plain(found.value(found.total, None, at)) for at in range(len(measures))]}


def plain(value: Any) -> Any:
    """A figure as a number with four places (R4)."""
    number = getattr(value, "amount", value)
    return None if number is None else round(Decimal(number), 4)


def grouped(deals: list[dict[str, Any]], key: str) -> dict[str, list[dict[str, Any]]]:
    """Deals by what one of their cells says; "" are all."""
    found = defaultdict(list)
    for deal in deals:
        found[deal[key]].append(deal)
    return found | {"": deals}


def win_rates_agree(moved: SimpleNamespace) -> None:
    """Won ÷ (won + lost), of all, by agent and by office (R165)."""
    closed = [deal for deal in moved.deals if deal["close_date"]]
    for path, key in (("owner", "sales_agent"), ("owner.org_unit", "office")):
        expected = {}
        for name, deals in grouped(closed, key).items():
            won = sum(1 for deal in deals if deal["deal_stage"] == "Won")
            expected[name] = [round(Decimal(won) * 100 / len(deals), 4), len(deals)]
        found = asked(moved, path, "avg:win_rate", "count", only="state:any:won,lost")
        assert found == expected


def cycles_agree(moved: SimpleNamespace) -> None:
    """Whole days from engage to close of what was won: mean and median, of all, by agent and by office (R163, R165)."""
    won = [deal for deal in moved.deals if deal["deal_stage"] == "Won"]
    for path, key in (("owner", "sales_agent"), ("owner.org_unit", "office")):
        expected = {}
        for name, deals in grouped(won, key).items():
            days = sorted((deal["close_date"] - deal["engage_date"]).days for deal in deals)
            middle = Decimal(days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
            expected[name] = [round(Decimal(sum(days)) / len(days), 4), round(middle, 4)]
        assert asked(moved, path, "avg:cycle_days", "median:cycle_days", only="state:any:won") == expected


def values_agree(moved: SimpleNamespace) -> None:
    """What the won deals came to: by office, agent and quarter of closing (R160, R162)."""
    won = [deal for deal in moved.deals if deal["deal_stage"] == "Won"]
    for path, key in (("owner", "sales_agent"), ("owner.org_unit", "office")):
        expected = {
            name: [Decimal(sum(deal["value"] for deal in deals)), len(deals)]
            for name, deals in grouped(won, key).items()
        }
        assert asked(moved, path, "sum:actual_amount", "count", only="state:any:won") == expected
    quarters: dict[tuple[int, int], int] = defaultdict(int)
    for deal in won:
        quarters[deal["close_date"].year, (deal["close_date"].month + 2) // 3] += deal["value"]
    found = asked(moved, "closed_at:quarter", "sum:actual_amount", only="state:any:won")
    total = found.pop("")
    assert [value for (value,) in found.values()] == [Decimal(quarters[key]) for key in sorted(quarters)]
    assert total == [Decimal(sum(quarters.values()))] and len(quarters) >= 4


def the_funnel_counts_by_the_days_of_the_file(moved: SimpleNamespace) -> None:
    """The cohort of a year are the deals that began in it, whenever they were imported."""
    from kith.core.access import SYSTEM
    from kith.processes.book import book

    course = book().default(SYSTEM, "sales.opportunity")
    assert course
    cohort = [deal for deal in moved.deals if deal["engage_date"] and deal["engage_date"].year == 2017]
    won = [deal for deal in cohort if deal["deal_stage"] == "Won"]
    found = funnel(Cohort(moved.actor, course, date(2017, 1, 1), date(2017, 12, 31)))
    assert (found.size, found.won, found.cycle.count) == (len(cohort), len(won), len(won))
    mean = Decimal(sum((deal["close_date"] - deal["engage_date"]).days for deal in won)) / len(won)
    assert found.cycle.mean is not None and abs(found.cycle.mean - mean) <= Decimal("0.05")


def test_the_generator_writes_the_same_files_for_the_same_seed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (sales_export.write(tmp_path / name, deals=300) for name in ("a", "b"))
    assert first == second
    for name in sales_export.FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
