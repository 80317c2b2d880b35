"""Results are kept beside the data, a run goes on where another ended, and two sizes are compared."""

from pathlib import Path

import pytest

from kith.core.bench import growth, run
from kith.core.bench.cases import CASES, Case
from kith.core.bench.measure import Figures, Result
from kith.core.bench.results import Kept


def results(page: float, report: float) -> list[Result]:
    return [
        Result(Case("Page", "team", CASES[0].send, 40), [Figures(1, server=[1.0] * 9, web_processor=page)]),
        Result(Case("Report", "all", CASES[0].send, 1000), [Figures(1, server=[1.0] * 9, database_processor=report)]),
    ]


def kept(folder: Path, found: list[Result], rows: float, imports: float) -> Kept:
    folder.mkdir()
    made = Kept.of(folder)
    made.numbers |= {"rows": rows, "import": imports}
    made.keep(found)
    return Kept.of(folder)


@pytest.mark.parametrize(
    ("page", "report", "imports", "verdicts"),
    [(12.0, 900.0, 1900.0, ["yes", "yes", "yes"]), (16.0, 1300.0, 900.0, ["**no**", "**no**", "**no**"])],
)
def test_pages_are_flat_and_whole_tables_linear(
    tmp_path: Path, page: float, report: float, imports: float, verdicts: list[str]
) -> None:
    small = kept(tmp_path / "small", results(10.0, 10.0), 10_000, 2000.0)
    large = kept(tmp_path / "large", found := results(page, report), 1_000_000, imports)
    lines = growth.table(small, large, found).strip().split("\n")[-3:]
    assert [line.split("|")[-2].strip() for line in lines] == verdicts


def test_a_run_goes_on_where_another_ended(tmp_path: Path) -> None:
    (first, second) = results(1.0, 2.0)
    kept(tmp_path / "data", [first], 5, 0)
    known = [Kept.of(tmp_path / "data").result(result.case) for result in (first, second)]
    wish = run.Wish(1, 1, 1, None, 1, (1, 8), False, "", "", True, None, tmp_path, "")
    assert [run.missing(wish, result) for result in known] == [[8], [1, 8]]
    assert known[0].runs[0].server == [1.0] * 9


@pytest.mark.parametrize(
    ("people", "companies", "further", "copies"),
    [(1_000_000, 200_000, 1_000_000, 50), (100_000, 20_000, 20_000, 5), (10_000, 2_000, 10_000, 1), (20_000, 0, 0, 1)],
)
def test_large_sets_are_copies_of_batches_that_are_large_enough(
    people: int, companies: int, further: int, copies: int
) -> None:
    assert (
        run.Wish(people, companies, further, None, 0, (1,), False, "", "", False, None, Path(), "").copies() == copies
    )
