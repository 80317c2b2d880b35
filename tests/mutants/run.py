"""The mutation score of the access code: `python -m tests.mutants.run`.

Every broken rule (`breaking.py`) is put into a fork of one warm process, and asked there by the comparisons of the matrix
(`checks.py`) and the tests of its place (`near.py`) that run through its lines, until one of them fails (`looping.py`). Told are the score and those
that nobody noticed; those of `equivalent.py` do not count.

`found.jsonl` beside this file says who noticed which broken rule when it was last asked: who noticed it is asked first, and alone as
long as it notices, so that all rules are asked anew in minutes. `--again tests/mutants/found.jsonl` takes over what was noticed there
without asking. What was only asked of some proofs (`--most`, `--by`) and stands there without anybody is asked again in a whole run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .breaking import mutants
from .equivalent import EQUIVALENT
from .near import near

type Key = tuple[str, ...]

ROOT = Path(__file__).resolve().parents[2]
#: Where the matrix alone is asked, pytest collects this, to make the database.
LITTLE = "src/kith/access/tests/test_epoch.py"
#: Who noticed which broken rule when it was last asked.
FOUND = Path(__file__).with_name("found.jsonl")


def main() -> int:
    """0 when the score is reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.run", description=__doc__)
    parser.add_argument("--part", default="1/1", help="which of the broken rules: 1/4 is the first of every four")
    parser.add_argument("--files", default="", help="only those of files whose names begin so: core/access")
    parser.add_argument(
        "--again",
        type=Path,
        help="a report: what was noticed there, and is there still, counts as it was",
    )
    parser.add_argument("--report", type=Path, help="where the report is written")
    parser.add_argument(
        "--ask", choices=("both", "matrix", "tests"), default="both", help="who is asked (default: %(default)s)"
    )
    parser.add_argument("--by", nargs="+", default=(), help="these files of tests instead of those of the place")
    parser.add_argument(
        "--most", type=int, default=150, help="so many proofs are asked about one broken rule (default: %(default)s)"
    )
    parser.add_argument("--at-once", type=int, default=2, help="forks at once (default: %(default)s)")
    parser.add_argument("--least", type=float, default=95, help="the score wanted, in per cent (default: %(default)s)")
    options = parser.parse_args()
    report = options.report or Path(tempfile.mkdtemp(prefix="kith-mutants-")) / "found.jsonl"
    there = {mutant.key for mutant in mutants()}
    before = [
        one for one in lines(options.again) if tuple(one["key"]) in there and (one["by"] or options.ask != "both")
    ]
    report.write_text("".join(json.dumps(one) + "\n" for one in before))
    prepare()
    witnesses = {tuple(one["key"]): one["by"] for one in lines(FOUND) if one["by"]}
    by_tests = {key: by for key, by in witnesses.items() if not by.startswith("matrix") and key in there}
    if options.ask != "tests":
        phase(options, report, "matrix", [LITTLE], witnesses, spared=by_tests)
    if options.ask != "matrix":
        if known := sorted(set(by_tests.values())) if not options.by else []:
            files = sorted({name.partition("::")[0] for name in known if (ROOT / name.partition("::")[0]).exists()})
            phase(options, report, "tests", files, witnesses, only=known)
        seen = {tuple(one["key"]) for one in last_lines(report) if one["by"]}
        left = {key[0] for key in there - seen - set(EQUIVALENT) if key[0].startswith(options.files)}
        if tests := set(options.by) or {name for file in left for name in near(file)}:
            phase(options, report, "tests", sorted(tests), witnesses)
    told = score(lines(report))
    print(json.dumps(told | {"part": options.part, "report": str(report)}, indent=1, ensure_ascii=False))
    return int(told["score"] < options.least)


def prepare() -> None:
    """Make the database by a plain run: one whose loop is replaced left a new database empty (why was not found)."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", LITTLE]
    if subprocess.run(words, cwd=ROOT, stdout=sys.stderr).returncode:
        raise SystemExit("the tests do not hold without any broken rule")


def phase(
    options: argparse.Namespace, report: Path, ask: str, tests: list[str], witnesses: Mapping[Key, str], *, spared: Collection[Key] = (), only: Collection[str] = (),
) -> None:  # fmt: skip
    """Ask the matrix, or tests, what was not noticed yet; it comes into the report. `only` these proofs, without the rules that are `spared`."""
    done = [one["key"] for one in lines(report) if one["by"] or options.ask == "matrix"]
    known = Path(tempfile.gettempdir()) / f"kith-mutants-{os.geteuid()}-{ask}.json"
    wish = {
        "ask": ask, "part": options.part, "files": options.files, "at_once": options.at_once, "most": options.most, "report": str(report), "known": str(known),
        "without": [*EQUIVALENT, *done, *spared], "only": list(only), "witnesses": [[key, by] for key, by in witnesses.items()],
    }  # fmt: skip
    words = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "tests.mutants.plugin", *tests]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as told:  # too long for the environment of a process
        told.write(json.dumps(wish))
        told.flush()
        environment = os.environ | {"KITH_MUTANTS": told.name, "KITH_LONG": "1"}
        if subprocess.run(words, cwd=ROOT, env=environment, stdout=sys.stderr).returncode:
            raise SystemExit("the run was not finished")


def last_lines(report: Path | None) -> list[dict[str, Any]]:
    """What became of each broken rule at last, "unusable" where it could not be put in."""
    found = [json.loads(line) for line in report.read_text().splitlines()] if report else []
    return list({tuple(one["key"]): one for one in found if "by" in one}.values())


def lines(report: Path | None) -> list[dict[str, Any]]:
    """The same of those that were put in."""
    return [one for one in last_lines(report) if one["by"] != "unusable"]


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
