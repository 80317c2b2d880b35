"""The API fuzz: `python -m tests.fuzz.api --examples 20`; one of twelve parts of it, which together are complete: `--part 3/12`.

On a database of its own, each of three callers (no right, an ordinary seller, an administrator) is let loose on what its own
OpenAPI document describes: schemathesis makes values that keep to it and values that do not, walks from record to record by
what answers tell, and compares every answer with the document. Nothing may be a server error, undocumented, or unclear.
"""

import argparse
import json
import os
import sys
import time
from typing import Any

from tests.crash.installed import folder, installed
from tests.matrix.sample import slice_of


def drill(options: argparse.Namespace) -> dict[str, Any]:
    """The whole fuzz in a temporary folder."""
    with folder("fuzz") as base, installed(base, served=False):
        return fuzz(options)


def fuzz(options: argparse.Namespace) -> dict[str, Any]:
    """Each caller after the other; a world of its own for each, since an administrator may take everything apart."""
    import logging

    from . import running, world

    logging.disable(logging.CRITICAL)
    result: dict[str, Any] = {"seed": options.seed, "examples": options.examples, "part": options.part, "callers": {}}
    for caller in world.build():
        if options.caller and caller.name != options.caller:
            continue
        began = time.monotonic()
        phases = options.phases.split(",") if options.phases else list(running.PHASES)
        found = running.run(caller, examples=options.examples, seed=options.seed, phases=phases, only=options.only, part=slice_of(options.part))  # fmt: skip
        result["callers"][caller.name] = {
            "seconds": round(time.monotonic() - began),
            "requests": found.requests,
            "statuses": {str(status): count for status, count in sorted(found.statuses.items())},
            "failures": [{"check": check, "operation": label, "what": title, "how": how[:2000]} for (check, label, title), how in found.failures.items()],
            "errors": found.errors,
        }  # fmt: skip
        told = result["callers"][caller.name]
        print(f"{caller.name}: {told['requests']} requests in {told['seconds']} s, {len(told['failures'])} failures", file=sys.stderr, flush=True)  # fmt: skip
    return result


def main() -> int:
    """0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.api", description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="cases for each operation (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the dice (default: %(default)s)")
    parser.add_argument("--phases", default="", help="of schemathesis, with commas between them (default: all of them)")
    parser.add_argument("--caller", default="", help="only this one: nobody, ordinary, administrator")
    parser.add_argument("--part", default=os.environ.get("KITH_SLICE") or "1/1", help="kinds of records of one part of so many (default: KITH_SLICE, or all)")  # fmt: skip
    parser.add_argument("--only", default="", help="only addresses that match this expression")
    result = drill(parser.parse_args())
    print(json.dumps(result, indent=1, ensure_ascii=False))
    return 1 if any(each["failures"] or each["errors"] for each in result["callers"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
