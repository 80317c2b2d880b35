"""Run the proofs of what Kith promises, and tell what each of them came to."""

import argparse
import sys

from kith.core.proving import page, running
from kith.core.proving.proofs import BY_NAME, PROOFS, Proof


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which of them."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; without a name all that are not long")
    parser.add_argument("--long", action="store_true", help="all, also those that take many minutes")
    parser.add_argument("--list", action="store_true", help="say what there is, run nothing")
    parser.add_argument("--record", action="store_true", help="write the results into docs/proof.md")


def run(options: argparse.Namespace) -> int:
    """0: all hold; 1: one does not; 2: there is no such proof."""
    if unknown := [name for name in options.names if name not in BY_NAME]:
        print(f"kith: there is no proof {', '.join(unknown)}; there are: {', '.join(BY_NAME)}.", file=sys.stderr)
        return 2
    wanted = [proof for proof in PROOFS if (proof.name in options.names if options.names else options.long or not proof.long)]  # fmt: skip
    if options.list:
        for proof in PROOFS:
            print(f"{proof.name:16} {'long ' if proof.long else 'short'} {proof.budget:5} s  {proof.command}\n{'':16} {proof.proves}")  # fmt: skip
        return 0
    outcomes = [proved(proof, number, len(wanted)) for number, proof in enumerate(wanted, 1)]
    print(table(outcomes))
    if options.record:
        page.record(outcomes)
    return int(not all(one.held for one in outcomes))


def proved(proof: Proof, number: int, count: int) -> running.Outcome:
    """Run one; what did not hold is shown as it ended."""
    print(f"[{number}/{count}] {proof.name}: {proof.command}", flush=True)
    found = running.run(proof)
    if not found.held:
        print("\n".join(f"    {line}" for line in found.said.strip().splitlines()[-15:]), flush=True)
    return found


def table(outcomes: list[running.Outcome]) -> str:
    """Name, result, figure, time."""
    rows = [("proof", "result", "time", "budget", "figure")]
    rows += [(one.proof.name, "holds" if one.held else "DOES NOT HOLD", f"{one.seconds:.0f} s", f"{one.proof.budget} s", one.figure) for one in outcomes]  # fmt: skip
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    return "\n" + "\n".join("  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]]) for row in rows)  # fmt: skip
