"""Addresses of the rows that numbers are made of: lists with their filter."""

import json
from collections.abc import Iterable
from urllib.parse import urlencode

from kith.core.entity import registry
from kith.core.filters import Group, Node, Test, to_json, to_term


def rows(label: str, *tests: Test, sort: str = "") -> str:
    """The list of an entity with these conditions."""
    terms = [("f", to_term(test)) for test in tests]
    return f"/{registry.get(label).slug}/?{urlencode([*terms, *((('sort', sort),) if sort else ())])}"


def of_node(label: str, node: Node) -> str:
    """The list of an entity with a filter of any form."""
    if isinstance(node, Group) and node.mode == "all" and all(isinstance(test, Test) for test in node.nodes):
        return rows(label, *(test for test in node.nodes if isinstance(test, Test)))
    return f"/{registry.get(label).slug}/?{urlencode({'filter': json.dumps(to_json(node))})}"


def report(
    label: str, rows: Iterable[str], measures: Iterable[str], chart: str = "bar", *tests: Test, columns: str = ""
) -> str:
    """The report of an entity grouped by these fields."""
    terms = [("f", to_term(test)) for test in tests]
    parts = [("rows", ",".join(rows)), *(("m", measure) for measure in measures), ("chart", chart)]
    parts += [("columns", columns)] if columns else []
    return f"/{registry.get(label).slug}/report?{urlencode([*parts, *terms])}"
