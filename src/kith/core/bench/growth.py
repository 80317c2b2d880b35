"""Two sizes beside each other: pages cost the same however many rows there are, imports and whole-table reports grow with them.

Processor time decides, that of web and database together: it says the same whether the machine was busy or not.
"""

from collections.abc import Sequence

from .measure import Figures, Result, share
from .report import SEEN, milliseconds
from .results import Kept

#: A page may take so much longer with many rows; what reads all rows, so much more than there are more rows.
FLAT, LINEAR = 1.5, 1.2
WHOLE = 1000  # the budget of what reads all rows, in milliseconds
HEAD = "| Operation | rows seen by | {few} rows: server p50 | CPU web + PG | {many} rows: server p50 | CPU web + PG | times as much CPU | wanted | met |\n|---|---|---:|---:|---:|---:|---:|---|---|"


def table(small: Kept, large: Kept, results: Sequence[Result]) -> str:
    """The cases that both sizes have."""
    few, many = small.numbers.get("rows", 0), large.numbers.get("rows", 0)
    pairs = [(small.result(result.case), result) for result in results]
    lines = [row(one, other, many / max(few, 1)) for one, other in pairs if is_known(one) and is_known(other)]
    flat = [line for line in lines if "flat" in line]
    told = f"{sum('| yes |' in line for line in flat)} of {len(flat)} pages are flat, {sum('| yes |' in line for line in lines) - sum('| yes |' in line for line in flat)} of {len(lines) - len(flat)} whole-table reports at most linear."
    return "\n".join(
        [told, "", HEAD.format(few=f"{few:,.0f}", many=f"{many:,.0f}"), *lines, imported(small, large), ""]
    )


def is_known(result: Result) -> bool:
    """Whether a case was measured."""
    return bool(result.runs and result.runs[0].server)


def row(small: Result, large: Result, rows: float) -> str:
    """The line of a case."""
    one, other = small.runs[0], large.runs[0]
    before, after = spent(one), spent(other)
    is_whole = (large.case.budget or 0) >= WHOLE
    limit = rows * LINEAR if is_whole else FLAT
    wanted = f"linear, at most {limit:.0f} times" if is_whole else f"flat, at most {limit} times"
    cells = [
        large.case.name, SEEN[large.case.level], milliseconds(share(one.server, 0.5)), processor(one), milliseconds(share(other.server, 0.5)), processor(other),
        f"{after / before:.1f}", wanted, "yes" if after <= before * limit else "**no**",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def spent(figures: Figures) -> float:
    """Processor time of a request, in milliseconds."""
    return max(figures.web_processor + figures.database_processor, 0.1)


def processor(figures: Figures) -> str:
    """The cell of it."""
    return f"{figures.web_processor:.1f} + {figures.database_processor:.1f}"


def imported(small: Kept, large: Kept) -> str:
    """The line of the import: rows a second into an empty and a full database."""
    before, after = small.numbers.get("import"), large.numbers.get("import")
    if not before or not after:
        return ""
    return f"| Import of as many rows, rows/s |  | {before:,.0f} |  | {after:,.0f} |  | {before / after:.1f} | flat for each row, at most {FLAT} times | {'yes' if before <= after * FLAT else '**no**'} |"
