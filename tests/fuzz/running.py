"""One run of schemathesis against the API of this process, as one caller."""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.engine import events, from_schema
from schemathesis.python import wsgi
from werkzeug.test import Client

from . import checks
from .world import Caller

PHASES = ("examples", "coverage", "fuzzing", "stateful")
#: Answers to values that keep to the document: a rule of the business may refuse them (409, 412, 422).
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "429"]


@dataclass
class Found:
    """What a run came to: how many requests were answered how, and what was wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[tuple[str, str, str], str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return sum(self.statuses.values())


class InProcess(Client):
    """Schemathesis hands options of sockets to a client that has none."""

    def open(self, *arguments: Any, **options: Any) -> Any:
        """One request."""
        kept = {name: value for name, value in options.items() if name not in ("max_redirects", "verify", "cert")}
        return super().open(*arguments, **kept)


wsgi.get_client = InProcess  # type: ignore[assignment]


def application() -> Callable[..., Any]:
    """The product; each request gives its connection back, since schemathesis asks from threads of its own."""
    from django.db import connection

    from kith.wsgi import application as kith

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        response = kith(environ, start)
        try:
            return list(response)
        finally:
            response.close()
            connection.close()

    return answer


def configuration(caller: Caller, examples: int, seed: int, phases: Iterable[str]) -> SchemathesisConfig:
    """All checks; an expression of the filter language may be refused although it is a text (400)."""
    project = ProjectConfig(
        headers={"Authorization": f"Bearer {caller.token}"},
        generation=GenerationConfig(max_examples=examples, no_shrink=True),
        continue_on_failure=True,
        checks=ChecksConfig(
            positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=[*ACCEPTED, "400"])
        ),
    )
    for name in PHASES:
        getattr(project.phases, name).enabled = name in phases
    return SchemathesisConfig(seed=seed, projects=ProjectsConfig(default=project))


def run(
    caller: Caller, *, examples: int, seed: int, phases: Iterable[str] = PHASES, only: str = "", part: tuple[int, int] = (1, 1)
) -> Found:  # fmt: skip
    """Ask everything that the caller's own document describes, or what matches `only`, or one part of so many of it."""
    checks.register()
    config = configuration(caller, examples, seed, phases)
    headers = {"Authorization": f"Bearer {caller.token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application(), config=config, headers=headers)
    found, wanted = Found(), only or addresses(schema.raw_schema["paths"], *part)
    for event in from_schema(schema.include(path_regex=wanted) if wanted else schema).execute():
        note(event, found)
    return found


def addresses(paths: Iterable[str], part: int, parts: int) -> str:
    """An expression for the addresses of one part: all those of a kind of record together, so that one answer leads to the next; "" for all."""
    if parts == 1:
        return ""
    kinds = sorted({kind_of(path) for path in paths})
    mine = [re.escape(kind) for kind in kinds if zlib.crc32(kind.encode()) % parts == part - 1]
    return rf"^(?:{'|'.join(mine) or '(?!)'})(?:/|$)"


def kind_of(path: str) -> str:
    """The beginning of an address: what it is about."""
    start = path.index("/v1/") + len("/v1/") if "/v1/" in path else 1
    return path[:start] + path[start:].partition("/")[0]


def note(event: Any, found: Found) -> None:
    """Add what an event tells."""
    if isinstance(event, events.NonFatalError):
        found.errors.append(f"{event.label}: {event.info.format()}")
    elif isinstance(event, events.FatalError):
        raise event.exception
    elif isinstance(event, events.ScenarioFinished):
        for interaction in event.recorder.interactions.values():
            if interaction.response is not None:
                found.statuses[interaction.response.status_code] += 1
        for key, nodes in event.recorder.checks.items():
            for node in nodes:
                if node.failure_info:
                    label = event.recorder.cases[key].value.operation.label
                    failure = node.failure_info.failure
                    said = f"{failure.message}\n{node.failure_info.code_sample}"
                    found.failures.setdefault((node.name, label, failure.title), said)
