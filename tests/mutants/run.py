"""The mutation score of the access code: `python -m tests.mutants.run --part 1/4`.

1. Every n-th broken rule is put into the running program and asked by the comparisons of the matrix (`checks`).
2. What they do not notice is given to the tests of the module, each in a pytest of its own.
3. Told are the score and those that nobody noticed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE, ACCESS = "src/kith/core/tests/test_", "src/kith/access/tests/test_"
#: The tests of each place that are asked second; first fitting line.
TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "core/access.py",
        (
            f"{ACCESS}levels.py",
            f"{CORE}attacks.py",
            f"{CORE}predicates.py",
            f"{ACCESS}whatif.py",
            "src/kith/distribution/tests/test_pools.py",
            "src/kith/activities/tests/test_access_by_task.py",
        ),
    ),
    ("core/predicates.py", (f"{CORE}predicates.py", f"{ACCESS}levels.py")),
    (
        "core/system_rights.py",
        (
            f"{CORE}jobs_page.py",
            f"{ACCESS}profile.py",
            "src/kith/audit/tests/test_log.py",
            "tests/matrix/test_system_rights.py",
        ),
    ),
    ("core/why.py", (f"{ACCESS}levels.py", f"{CORE}record_parts.py")),
    ("access/effective.py", (f"{ACCESS}roles_pages.py", f"{ACCESS}whatif.py", f"{ACCESS}profile.py")),
    ("access/entities/share.py", (f"{CORE}attacks.py", f"{ACCESS}levels.py", f"{CORE}record_parts.py")),
    ("access/entities/user.py", (f"{CORE}attacks.py", f"{ACCESS}profile.py")),
    ("access/", (f"{ACCESS}levels.py", f"{ACCESS}epoch.py", f"{CORE}attacks.py")),
    ("core/entities/view.py", (f"{CORE}list_views.py",)),
    ("activities/", ("src/kith/activities/tests/test_access_by_task.py",)),
    ("marketing/", ("src/kith/marketing/tests/test_calling.py",)),
    ("distribution/", ("src/kith/distribution/tests/test_pools.py", "src/kith/distribution/tests/test_doors.py")),
    ("core/owning.py", ("src/kith/distribution/tests/test_owning.py", "src/kith/distribution/tests/test_handover.py")),
    ("core/undo.py", (f"{CORE}attacks_undo.py", f"{CORE}list_undo.py")),
    ("core/history.py", (f"{CORE}feed.py", f"{CORE}attacks.py", f"{CORE}timeline.py")),
    ("core/timeline_changes.py", (f"{CORE}timeline.py", f"{CORE}record_parts.py")),
    ("core/search.py", (f"{CORE}search_ranking.py", f"{CORE}attacks.py", f"{CORE}palette.py")),
    ("core/views.py", (f"{CORE}list_views.py", f"{CORE}list_page.py", f"{CORE}attacks.py")),
    ("core/trash.py", (f"{CORE}attacks.py", f"{CORE}attacks_writes.py", f"{CORE}list_undo.py")),
    ("core/cleaning.py", (f"{CORE}attacks.py", f"{CORE}attacks_input.py", f"{CORE}writes.py")),
    ("core/titles.py", (f"{CORE}attacks_pages.py", f"{CORE}linked_columns.py")),
    ("core/exchange/", ("src/kith/core/exchange/tests/test_export.py",)),
    ("core/ui/export_views.py", ("src/kith/core/exchange/tests/test_export.py", f"{CORE}attacks_pages.py")),
    ("core/ui/file_views.py", (f"{CORE}files.py",)),
    ("core/ui/list_bulk.py", (f"{CORE}list_bulk.py",)),
    ("core/ui/trash_ui.py", (f"{CORE}list_undo.py", f"{CORE}attacks.py")),
    ("core/ui/", (f"{CORE}record_page.py", f"{CORE}record_parts.py", f"{CORE}list_edit.py", f"{CORE}attacks_pages.py")),
    ("core/api/", (f"{CORE}api.py", f"{CORE}attacks.py", f"{ACCESS}profile.py")),
    ("core/", (f"{CORE}writes.py", f"{CORE}attacks.py", f"{CORE}attacks_writes.py", f"{CORE}list_bulk.py")),
)


def pytest(*words: str, **more: str) -> int:
    """How a run of pytest ended."""
    return subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", *words], cwd=ROOT, env=os.environ | more, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=3 * 3600).returncode  # fmt: skip


def main() -> int:
    """0 when the score is reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.run", description=__doc__)
    parser.add_argument(
        "--part", default="1/4", help="which of the broken rules: the first of every four (default: %(default)s)"
    )
    parser.add_argument("--least", type=float, default=95, help="the score wanted, in per cent (default: %(default)s)")
    options = parser.parse_args()
    report = Path(tempfile.mkdtemp(prefix="kith-mutants-")) / "found.jsonl"
    if pytest("tests/mutants/test_mutants.py", KITH_MUTANTS=options.part, KITH_MUTANTS_REPORT=str(report)):
        print("the checks do not pass on the unbroken program", file=sys.stderr)
        return 2
    found = [one for line in report.read_text().splitlines() if (one := json.loads(line))["by"] != "unusable"]
    for one in (one for one in found if not one["by"]):
        file = one["name"].split(":")[0]
        tests = next(names for start, names in TESTS if file.startswith(start))
        if pytest("-p", "tests.mutants.plugin", *tests, KITH_MUTANT=str(one["at"])):
            one["by"] = "tests"
    left = [one["name"] for one in found if not one["by"]]
    score = 100 * (1 - len(left) / len(found))
    print(
        json.dumps(
            {
                "part": options.part,
                "broken": len(found),
                "noticed": len(found) - len(left),
                "score": round(score, 1),
                "left": left,
            },
            indent=1,
            ensure_ascii=False,
        )
    )
    return 0 if score >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
