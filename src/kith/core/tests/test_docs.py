"""The pages of docs/ name what there is: every row of the specification, and only paths, tests, commands and decisions that exist."""

import importlib.util
import re
from pathlib import Path

import pytest

from kith import cli
from kith.core.home import CHECKOUT

DOCS = CHECKOUT / "docs"
SOURCE = CHECKOUT / "src" / "kith"
PAGES = ("functions.md", "where-things-live.md", "operations.md", "import.md", "proof.md", "plan.md")
#: How many rows each part of the specification's function table has.
PARTS = {"A": 13, "B": 26, "C": 7, "D": 15, "E": 17, "F": 13, "G": 12, "H": 15, "X": 56, "N": 10}
#: Where a path may begin, besides the folders of those named before it in its line.
ROOTS = (CHECKOUT, SOURCE, SOURCE / "core" / "static" / "kith")
FILE = re.compile(r"[\w./*-]+\.(?:py|md|js|css|html|jsonl|txt)|\w[\w./*-]*/[\w./*-]*")
SPAN = re.compile(r"`([^`]+)`")
#: A file or folder with words in brackets behind it: what it holds.
HOLDS = re.compile(r"`([\w./-]+(?:\.py|/))` \(([^()]*)\)")


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def rows() -> list[list[str]]:
    """The cells of each row of functions.md."""
    lines = [line for line in text("functions.md").splitlines() if re.match(r"\| [A-Z]\d", line)]
    return [[cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")] for line in lines]


def there(name: str, folders: list[Path]) -> list[Path]:
    """What a path, perhaps with stars, stands for in the first of the folders that has it."""
    for folder in folders:
        if found := sorted(folder.glob(name.rstrip("/"))):
            return found
    return []


def around(found: Path) -> list[Path]:
    """The folder of a file, or a folder itself, and those around it up to its app."""
    here = found if found.is_dir() else found.parent
    return [here, *(one for one in here.parents if SOURCE in one.parents or one == CHECKOUT / "tests")]


def lost(line: str) -> list[str]:
    """The paths in backticks that a line names and nothing has."""
    near: list[Path] = []
    missing = []
    for span in SPAN.findall(line):
        if not FILE.fullmatch(span):
            continue
        if found := there(span, [*near, *ROOTS]):
            near = [*around(found[0]), *near]
        else:
            missing.append(span)
    return missing


def test_what_is_not_there_would_be_noticed() -> None:
    assert lost("`core/access.py`, `why.py`, `ui/`, `kith prove`, `employer.industry`") == []
    assert lost("`core/acess.py`, `core/access.py`, `moving.py`, `core/nowhere/`") == ["core/acess.py", "moving.py", "core/nowhere/"]  # fmt: skip


def test_every_row_of_the_specification_stands_once_and_in_order() -> None:
    assert [row[0] for row in rows()] == [f"{part}{at}" for part, last in PARTS.items() for at in range(1, last + 1)]
    assert [row[0] for row in rows() if len(row) != 5] == []


def test_what_works_names_its_proof_and_what_does_not_names_none() -> None:
    assert [row[0] for row in rows() if (row[2] == "not yet") != (row[3] == "")] == []
    assert [row[0] for row in rows() if not row[1] or not row[2]] == []


@pytest.mark.parametrize("row", [row for row in rows() if row[3]], ids=lambda row: row[0])
def test_the_proofs_of_a_row_are_tests_that_exist(row: list[str]) -> None:
    before: list[Path] = []
    for proof in re.split(r"[,;] ", re.sub(r" \([^()]*\)", "", row[3])):
        if command := re.fullmatch(r"`python -m ([\w.]+)`", proof):
            assert importlib.util.find_spec(command[1]), proof
            continue
        path, _, name = proof.partition("::")
        found = there(path, [CHECKOUT, SOURCE] if "/" in path else before)
        tests = [one for place in found for one in (place.rglob("test_*.py") if place.is_dir() else [place])]
        assert tests and all(one.name.startswith("test_") for one in tests), proof
        assert not name or f"def {name}(" in tests[0].read_text(encoding="utf-8"), proof
        before = [found[0] if found[0].is_dir() else found[0].parent]


@pytest.mark.parametrize("page", ["functions.md", "where-things-live.md"])
def test_paths_lead_somewhere(page: str) -> None:
    assert {line[:60]: names for line in text(page).splitlines() if (names := lost(line))} == {}


def test_what_is_said_to_stand_in_a_file_or_folder_stands_there() -> None:
    missing = []
    for line in text("where-things-live.md").splitlines():
        named = [(path, SPAN.findall(words)) for path, words in HOLDS.findall(line)]
        named += [(path, [name]) for name, path in re.findall(r"`(\w+)` of `([\w/]+\.py)`", line)]
        for path, names in named:
            for found in there(path, list(ROOTS))[:1]:
                for name in names:
                    if not re.fullmatch(r"\w+", name):
                        continue
                    if found.is_dir():
                        is_there = (found / f"{name}.py").exists() or (found / name).is_dir()
                    else:
                        is_there = re.search(rf"\b{name}\b", found.read_text(encoding="utf-8")) is not None
                    missing += [] if is_there else [f"{name} in {path}"]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_decisions_exist(page: str) -> None:
    spans = " ; ".join(SPAN.findall(text(page)))
    assert set(re.findall(r"(?:^|; |/)kith ([a-z]+)", spans)) <= set(cli.find())
    modules = set(re.findall(r"python -m ([\w.]+)", spans))
    assert [one for one in modules if importlib.util.find_spec(one) is None] == []
    kept = {path.name[:3] for path in (DOCS / "decisions").iterdir()}
    numbers = {one for list_ in re.findall(r"decisions?[ /](\d{3}(?:(?:,| and) \d{3})*)", text(page)) for one in re.findall(r"\d{3}", list_)}  # fmt: skip
    assert numbers <= kept


@pytest.mark.parametrize("page", [CHECKOUT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda path: path.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [one for one in links if "://" not in one and not (page.parent / one).exists()] == []
