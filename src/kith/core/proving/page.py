"""docs/proof.md: a row for each proof, with its last result, when that was, and on what machine."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from kith.core import machine
from kith.core.home import CHECKOUT

from .running import Outcome

PAGE = CHECKOUT / "docs" / "proof.md"
ROW = re.compile(r"^\| `kith prove ([\w-]+)` \|(.*)\|$", re.MULTILINE)
HEAD = "| command | proves | last result | date | machine |\n|---|---|---|---|---|\n"


def names(text: str) -> list[str]:
    """The proofs that have a row, in their order; a row of any other form is not one of these."""
    return [found[1] for found in ROW.finditer(text)]


def lines(text: str) -> list[str]:
    """Every row of the table, of whatever form."""
    return [line for line in text.partition(HEAD)[2].splitlines() if line.startswith("|")]


def record(outcomes: list[Outcome], page: Path = PAGE) -> None:
    """Put results into the page, each into its row; a proof without one gets one at the end."""
    text, size, today = page.read_text(), sized(), f"{datetime.now(UTC):%Y-%m-%d}"
    for one in outcomes:
        row = f"| `kith prove {one.proof.name}` | {one.proof.proves} | {one.result} in {one.seconds:.0f} s | {today} | {size} |"
        known = re.compile(ROW.pattern.replace(r"([\w-]+)", re.escape(one.proof.name)), re.MULTILINE)
        if known.search(text):
            text = known.sub(row.replace("\\", r"\\"), text)
        else:
            end = text.index(HEAD) + len(HEAD) + sum(len(line) + 1 for line in lines(text))
            text = f"{text[:end]}{row}\n{text[end:]}"
    page.write_text(text)


def sized() -> str:
    """The machine in few words, with how fast it is at this moment and what else it does."""
    memory = next((int(line.split()[1]) / 1e6 for line in machine.read("/proc/meminfo").splitlines() if line.startswith("MemTotal")), 0)  # fmt: skip
    return f"{os.cpu_count()} cores, {memory:.0f} GB, load {os.getloadavg()[0]:.0f}; 10 M additions {machine.speed():.1f} s"
