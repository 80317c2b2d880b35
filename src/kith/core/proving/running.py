"""Runs the command of a proof: whether it held, what it said, how long it took."""

import os
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from kith.core.home import CHECKOUT

from .proofs import Limit, Proof

#: What a proof said is kept here for whoever wants to know more.
FOLDER = CHECKOUT / "var" / "proofs"
#: A proof that takes so many times its budget is stopped: it hangs.
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a proof."""

    proof: Proof
    held: bool
    figure: str
    seconds: float
    said: str

    @property
    def result(self) -> str:
        """In words."""
        return self.figure if self.held else f"does not hold: {self.figure}"


def words_of(command: str) -> tuple[dict[str, str], list[str]]:
    """The settings before a command, and its words with this very Python."""
    words, settings = shlex.split(command), dict[str, str]()
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        name, _sign, settings[name] = words.pop(0).partition("=")
    first = {"./kith": [sys.executable, "-m", "kith.cli"], "python": [sys.executable]}
    return settings, [*first.get(words[0], words[:1]), *words[1:]]


def run(proof: Proof) -> Outcome:
    """Run it; everything that it says goes into its file."""
    settings, words = words_of(proof.command)
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src"), **settings}
    FOLDER.mkdir(parents=True, exist_ok=True)
    file, start = FOLDER / f"{proof.name}.log", time.monotonic()
    with file.open("w") as out:
        try:
            code = subprocess.run(
                words, cwd=CHECKOUT, env=environment, stdout=out, stderr=subprocess.STDOUT, timeout=PATIENCE * proof.budget
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            code = 1
            out.write(f"stopped after {PATIENCE * proof.budget} seconds\n")
    return outcome(proof, code, file, time.monotonic() - start)


def outcome(proof: Proof, code: int, file: Path, seconds: float) -> Outcome:
    """What the exit code and the output tell."""
    said = file.read_text(errors="replace")
    found = list(re.finditer(proof.figure, said))
    last = next(iter(reversed(said.strip().splitlines())), "said nothing")
    figure = " ".join(filter(None, found[-1].groups())) if found else last
    # A proof of which every test was skipped says nothing.
    held = code == 0 and bool(found) and all(is_within(limit, said) for limit in proof.limits)
    return Outcome(proof, held, figure.replace('"', "").replace("|", "/"), seconds, said)


def is_within(limit: Limit, said: str) -> bool:
    """Whether the last number that a pattern finds is within its bounds."""
    found = re.findall(limit.pattern, said, re.DOTALL)
    return bool(found) and limit.least <= float(found[-1].replace(",", "")) <= limit.most
