"""What schemathesis does not ask by itself: a refusal is clear, and "cannot be read" is said only of what cannot."""

import json
from typing import Any

import schemathesis

#: A refusal of a whole request, about which no field can be named.
WHOLE = frozenset({"missing", "unauthenticated", "forged", "method", "throttled", "busy", "overloaded", "unproven"})


def register() -> None:
    """Add the checks once."""
    if "clear_problem" not in schemathesis.checks.CHECKS.get_all_names():
        schemathesis.check(clear_problem)


def clear_problem(_ctx: Any, response: Any, case: Any) -> None:
    """A 4xx answer is a problem document with a sentence; one about values names the field."""
    if not 400 <= response.status_code < 500:
        return
    problem = response.json()
    kind = problem["type"].removeprefix("urn:kith:problem:")
    assert problem["title"] and problem["status"] == response.status_code, f"no clear problem: {problem}"
    if kind in WHOLE or kind in ("warned", "conflict"):
        return
    assert problem["detail"], f"nothing is said: {problem}"
    if response.status_code == 422 and isinstance(case.body, dict) and kind == "refused":
        assert problem.get("errors"), f"no field is named: {problem}"
    if response.status_code == 400 and case.method != "GET" and is_valid(case):
        assert unstorable(case), f"a request that keeps to the document cannot be read: {problem}"


def is_valid(case: Any) -> bool:
    """Whether the case was made to keep to the document."""
    return case.meta is not None and case.meta.generation.mode.value == "positive"


def unstorable(case: Any) -> bool:
    """Whether a text holds what no field can: NUL."""
    texts = json.dumps([case.body if isinstance(case.body, dict | list) else None, dict(case.query or {}), dict(case.headers or {})], default=str)  # fmt: skip
    return "\\u0000" in texts
