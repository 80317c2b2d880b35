"""Rules of safety for the source: each a small question about the syntax tree, with a text that breaks it and one that keeps it.

    broken(sources())       # what `./kith test` shows: every place that breaks a rule and is not on its list

A rule names the files where it does not hold, each with the reason. docs/decisions/015 says why these are ours.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from . import code, database, markup, network, secrets, web
from .rule import Breach, Rule, Source
from .templates import TEMPLATE_RULES, TemplateRule, broken_templates

__all__ = ["RULES", "TEMPLATE_RULES", "Breach", "Rule", "Source", "TemplateRule", "broken", "broken_templates"]

RULES: tuple[Rule, ...] = (
    *database.RULES,
    *markup.RULES,
    *network.RULES,
    *code.RULES,
    *secrets.RULES,
    *web.RULES,
)


def broken(paths: Iterable[Path], root: Path, rules: Iterable[Rule] = RULES) -> Iterator[Breach]:
    """All places of these files that break a rule."""
    for path in paths:
        source = Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for rule in rules:
            yield from rule.breaches(source)
