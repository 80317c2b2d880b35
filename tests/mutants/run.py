"""The mutation score of the access code: `python -m tests.mutants.run`.

Every broken rule (`breaking.py`) is put into a fork of one warm process, and asked there by the comparisons of the matrix
(`checks.py`) and the tests below that run through its lines, until one of them fails (`looping.py`). Told are the score and those
that nobody noticed; those of `equivalent.py` do not count.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from .equivalent import EQUIVALENT

ROOT = Path(__file__).resolve().parents[2]
CORE, ACCESS = "src/kith/core/tests/test_", "src/kith/access/tests/test_"
#: The tests about rights, none of which needs a browser.
TESTS = (
    *(f"{ACCESS}{name}.py" for name in ("levels", "whatif", "profile", "roles_pages", "epoch")),
    *(
        f"{CORE}{name}.py"
        for name in (
            "attacks", "attacks_input", "attacks_pages", "attacks_undo", "attacks_writes", "predicates", "jobs_page", "record_parts", "record_page",
            "list_views", "list_page", "list_undo", "list_edit", "list_bulk", "timeline", "feed", "search_ranking", "palette", "writes", "linked_columns", "files", "api",
        )
    ),
    "src/kith/core/exchange/tests/test_export.py",
    "src/kith/audit/tests/test_log.py",
    "src/kith/activities/tests/test_access_by_task.py",
    "src/kith/marketing/tests/test_calling.py",
    *(f"src/kith/distribution/tests/test_{name}.py" for name in ("pools", "doors", "owning", "handover")),
    "tests/matrix/test_system_rights.py",
)  # fmt: skip


def main() -> int:
    """0 when the score is reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.run", description=__doc__)
    parser.add_argument("--part", default="1/1", help="which of the broken rules: 1/4 is the first of every four")
    parser.add_argument("--files", default="", help="only those of files whose names begin so: core/access")
    parser.add_argument("--again", type=Path, help="a report: what was noticed there counts as it was")
    parser.add_argument("--report", type=Path, help="where the report is written")
    parser.add_argument("--at-once", type=int, default=2, help="forks at once (default: %(default)s)")
    parser.add_argument("--least", type=float, default=95, help="the score wanted, in per cent (default: %(default)s)")
    options = parser.parse_args()
    report = options.report or Path(tempfile.mkdtemp(prefix="kith-mutants-")) / "found.jsonl"
    before = [one for one in lines(options.again) if one["by"] and one["key"][0].startswith(options.files)]
    report.write_text("".join(json.dumps(one) + "\n" for one in before))
    spared = [*EQUIVALENT, *(one["key"] for one in before)]
    wish = {"part": options.part, "files": options.files, "at_once": options.at_once, "report": str(report), "without": spared, "known": str(Path(tempfile.gettempdir()) / f"kith-mutants-{os.geteuid()}.json")}  # fmt: skip
    words = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "tests.mutants.plugin", *TESTS]
    ended = subprocess.run(words, cwd=ROOT, env=os.environ | {"KITH_MUTANTS": json.dumps(wish), "KITH_LONG": "1"}, stdout=sys.stderr)  # fmt: skip
    told = score(lines(report))
    print(json.dumps(told | {"part": options.part, "report": str(report)}, indent=1, ensure_ascii=False))
    return ended.returncode or int(told["score"] < options.least)


def lines(report: Path | None) -> list[dict[str, Any]]:
    """What became of each broken rule."""
    found = [json.loads(line) for line in report.read_text().splitlines()] if report else []
    return [one for one in found if "by" in one and one["by"] != "unusable"]


def score(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures."""
    left = [one["name"] for one in found if not one["by"]]
    noticed = Counter("matrix" if one["by"].startswith("matrix") else "tests" for one in found if one["by"])
    return {
        "broken": len(found),
        "noticed": noticed.total(),
        "by": noticed,
        "equivalent": len(EQUIVALENT),
        "score": round(100 * noticed.total() / max(1, len(found)), 1),
        "left": left,
    }


if __name__ == "__main__":
    sys.exit(main())
