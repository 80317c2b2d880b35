"""The results as a Markdown table, with what they were measured on."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

from kith.core.home import CHECKOUT
from kith.core.machine import read

from .cases import LIST_QUERIES, RECORD_QUERIES
from .measure import Figures, Result, share

PAGE = CHECKOUT / "docs" / "benchmarks.md"
HEAD = (
    "| Operation | rows seen by | budget p95 | server p50 | p95 | browser p95 | queries | in database | CPU web + PG | gzipped | plain SQL p50 | ratio | {more}cold | met |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|{lines}---:|---|",
)
#: An idle page compressed, in bytes; memory of an idle process in megabytes; seconds to the first page; rows imported in a second.
WEIGHT, MEMORY, START, IMPORT = 60_000, 250, 3, 20_000
SEEN = {"own": "own", "team": "team of 10", "unit": "department", "all": "everything"}


def table(results: list[Result]) -> str:
    """One line for each case."""
    more = [figures.clients for result in results[:1] for figures in result.runs[1:]]
    head, line = (
        HEAD[0].format(more="".join(f"{clients} clients p95 | " for clients in more)),
        HEAD[1].format(lines="---:|" * len(more)),
    )
    return "\n".join([head, line, *(row(result) for result in results)])


def row(result: Result) -> str:
    """The line of one case."""
    case, one = result.case, result.runs[0]
    if one.problem:
        return f"| {case.name} | {SEEN[case.level]} | {one.problem} |" + " |" * (11 + len(result.runs))
    p50 = share(one.server, 0.5)
    cells = [
        case.name, SEEN[case.level], milliseconds(case.budget), milliseconds(p50), milliseconds(share(one.server, 0.95)), milliseconds(share(one.client, 0.95)), within(str(one.queries), one.queries, case.queries), milliseconds(one.database),
        f"{one.web_processor:.1f} + {one.database_processor:.1f}", within(f"{one.size / 1000:.1f} kB", one.size, WEIGHT), milliseconds(result.floor), f"{p50 / result.floor:.1f}" if result.floor else "",
        *(several(figures) for figures in result.runs[1:]), milliseconds(result.cold), {True: "yes", False: "**no**", None: ""}[result.is_met],
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def within(text: str, value: float, limit: float | None) -> str:
    """A figure, in bold where it is over its limit."""
    return text if limit is None or value <= limit else f"**{text}**"


def several(figures: Figures) -> str:
    """The cell of a run with several clients."""
    return figures.problem or milliseconds(share(figures.server, 0.95))


def milliseconds(value: float | None) -> str:
    """A time."""
    return "" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def met(is_met: bool) -> str:
    """Whether a budget that stands beside the table is met."""
    return "met" if is_met else "**not met**"


def pages(results: list[Result]) -> str:
    """Queries and weight of pages against their budgets."""
    found = [(result.case, result.runs[0]) for result in results if not result.runs[0].problem]
    lists, records = (
        max((one.queries for case, one in found if case.queries == limit), default=0)
        for limit in (LIST_QUERIES, RECORD_QUERIES)
    )
    over = [f"{case.name} ({one.queries})" for case, one in found if case.queries and one.queries > case.queries]
    heavy = max((one.size for _case, one in found), default=0)
    return (
        f"Queries: lists at most {lists} (budget {LIST_QUERIES}), pages of records at most {records} (budget {RECORD_QUERIES}): {met(not over)}"
        f"{' by ' + ', '.join(dict.fromkeys(over)) if over else ''}. Heaviest page {heavy / 1000:.1f} kB gzipped (budget {WEIGHT // 1000} kB): {met(heavy <= WEIGHT)}"
    )  # fmt: skip


def machine() -> str:
    """What it ran on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in read("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = next(
        (int(line.split()[1]) / 1e6 for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal")), 0
    )
    return f"{os.cpu_count()} × {cpu}, {memory:.0f} GB memory, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def speeds(found: Sequence[float]) -> str:
    """How fast the machine was, so that figures of several days can be compared."""
    return f"Speed of the machine, looked at before each operation: ten million additions in Python took {min(found):.2f} to {max(found):.2f} s, {median(found):.2f} s in the middle"


def text(command: str, facts: list[str], results: list[Result]) -> str:
    """The whole section."""
    unmet = [result for result in results if result.is_met is False]
    verdict = f"{sum(result.is_met is True for result in results)} of {sum(result.is_met is not None for result in results)} budgets are met with one client; {len(unmet)} budgets are not met."
    notes = [
        "Times are milliseconds. “Server” is measured inside the server (Server-Timing), “browser” at the other end of the loopback; “plain SQL” is the same rows by hand-written statements over psycopg in the same run.",
        "“CPU” is processor time per request of the web processes and of PostgreSQL. “Cold” is the first request after a restart of both. Row-level access is on for everybody but “everything”. Figures over their budget are bold.",
    ]  # fmt: skip
    lines = [
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}",
        "",
        machine(),
        "",
        *(f"- {fact}" for fact in facts),
        f"- {pages(results)}",
        f"- {verdict}"
        + ("" if not unmet else f" Not met: {', '.join(dict.fromkeys(result.case.name for result in unmet))}."),
        "",
        *notes,
    ]
    return "\n".join([*lines, "", table(results), ""])


def write(section: str) -> None:
    """Put the section between the marks of docs/benchmarks.md; the prose around it stays."""
    begin, end = "<!-- bench -->", "<!-- /bench -->"
    known = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"# Benchmarks\n\n{begin}\n{end}\n"
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(
        re.sub(f"{begin}.*{end}", lambda _found: f"{begin}\n\n{section}\n{end}", known, flags=re.S), encoding="utf-8"
    )
