"""The six laws as checks of the source (DESIGN section 1): what only core may do, and which way imports go. Rules of safety: rules/."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
#: Imports go one way: an app may import those before it.
ORDER = (
    "core",
    "access",
    "audit",
    "people",
    "processes",
    "distribution",
    "objects",
    "parties",
    "catalogue",
    "marketing",
    "sales",
    "activities",
    "privacy",
)
#: Modules of core that are the ways in and out themselves, and so may touch managers.
ENGINE = frozenset(
    [
        "core/access.py",
        "core/predicates.py",
        "core/past_rows.py",
        "core/writes.py",
        "core/pipeline.py",
        "core/trash.py",
        "core/store.py",
        "core/uncreating.py",
        "core/ledger.py",
        "core/changes.py",
        "core/events.py",
        "core/outbox.py",
        "core/notify.py",
        "core/merging/moving.py",
        "core/tokens.py",
        "core/guards.py",
        "core/stored/texts.py",
        "core/trees.py",
        "core/search.py",
        "core/files.py",
        "core/file_keeping.py",
        "core/backup/attached.py",
        "core/sealing.py",
    ]
)
MANAGERS = frozenset({"objects", "_base_manager", "_default_manager"})
#: Plain technical tables that are no entities: their managers may be used.
TECHNICAL = frozenset(
    [
        "ChangeSet",
        "Change",
        "AuditEvent",
        "Seal",
        "Erasure",
        "DueErasure",
        "ControlTotal",
        "IdempotencyKey",
        "ImportRun",
        "ImportRow",
        "ColumnMemory",
        "OutboxEvent",
        "Follow",
        "Favourite",
        "Notification",
        "Reaction",
        "ApiToken",
        "Authenticator",
        "Passkey",
        "RecoveryCode",
        "JobRun",
        "LastWrite",
        "Upload",
        "Epoch",
        "MatchKey",
        "DuplicatePair",
        "DuplicateScan",
        "Merged",
        "ProcrastinateJob",
        "ProcrastinateWorker",
        "Session",
        "SignIn",
        "KeptLine",
        "KeptReport",
        "RollupStore",
        "RollupValue",
        "ScoreBasis",
        "StageStay",
        "Throttle",
        "WorkItem",
        "Assignment",
    ]
)


@dataclass(frozen=True, slots=True)
class Breach:
    """One place that goes around a law."""

    path: str
    line: int
    law: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.law}: {self.what}"


def sources(root: Path = SOURCE) -> Iterator[Path]:
    """Every Python file of the product; tests and migrations excluded."""
    for path in sorted(root.glob("**/*.py")):
        if not {"tests", "migrations", "testing"} & set(path.relative_to(root).parts):
            yield path


def breaches(path: Path, root: Path = SOURCE) -> Iterator[Breach]:
    """All breaches in one file."""
    name = path.relative_to(root).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        yield from managers(name, node)
        yield from imports(name, node)


def managers(name: str, node: ast.AST) -> Iterator[Breach]:
    """Laws 2 and 3: no bare manager and no write of records outside the engine."""
    if name in ENGINE or not isinstance(node, ast.Attribute):
        return
    model = (
        node.value.id
        if isinstance(node.value, ast.Name)
        else node.value.attr
        if isinstance(node.value, ast.Attribute)
        else ""
    )
    if node.attr in MANAGERS and model not in TECHNICAL:
        yield Breach(name, node.lineno, "law 2", f"uses .{node.attr}; read through entity.rows(actor, operation)")


def app_of(module: str) -> str:
    """The app that a module of kith belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "kith" and parts[1] in ORDER else ""


def imports(name: str, node: ast.AST) -> Iterator[Breach]:
    """Imports go one way; no wildcard."""
    modules = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        if any(alias.name == "*" for alias in node.names):
            yield Breach(name, node.lineno, "style", "wildcard import")
    here, line = name.split("/")[0], getattr(node, "lineno", 0)
    for module in modules:
        there = app_of(module)
        if there and here in ORDER and ORDER.index(there) > ORDER.index(here):
            yield Breach(name, line, "house", f"{here} imports {module}; imports go {' <- '.join(ORDER)}")
