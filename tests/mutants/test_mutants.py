"""The mutation score of the access code: `KITH_MUTANTS=1/4 pytest tests/mutants` breaks the first of every four rules, one after the other.

It takes long; without the variable only the machinery is proved: that the checks pass on the unbroken program and that a
broken rule is put in and taken out. The figure of the last run stands in docs/proof.md.
"""

import itertools
import json
import os
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.matrix.conftest import made, matrix  # noqa: F401 - fixtures
from tests.matrix.world import World

from kith.core import access

from .applying import Unusable, applied
from .breaking import mutants
from .checks import CHECKS, noticed, rows

pytestmark = pytest.mark.django_db
PART = os.environ.get("KITH_MUTANTS", "")
REPORT = Path(os.environ.get("KITH_MUTANTS_REPORT", "/tmp/kith-mutants.jsonl"))


def test_a_broken_rule_is_put_in_noticed_and_taken_out(matrix: World) -> None:  # noqa: F811
    code = access.without_denied.__code__
    lines = range(code.co_firstlineno, code.co_firstlineno + 8)
    broken = next(one for one in mutants() if one.file == "core/access.py" and one.line in lines and "“~”" in one.what)
    with applied(broken):
        assert access.without_denied.__code__ is not code
        assert not all(rows(matrix))
    assert access.without_denied.__code__ is code
    assert all(rows(matrix))


@pytest.mark.skipif(not PART, reason="takes long; KITH_MUTANTS=1/4 breaks one of every four rules")
def test_broken_rules_are_noticed(matrix: World) -> None:  # noqa: F811
    first, every = map(int, PART.split("/"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    assert [
        check.__name__ for check in dict.fromkeys(itertools.chain(*dict(CHECKS).values())) if not all(check(matrix))
    ] == []
    with REPORT.open("a") as report:
        for at, mutant in enumerate(mutants()):
            if at % every != first - 1:
                continue
            try:
                with transaction.atomic(), applied(mutant):
                    with connection.cursor() as cursor:
                        cursor.execute("SET LOCAL statement_timeout = '20s'")
                    by = noticed(matrix, mutant.file)
                    transaction.set_rollback(True)
            except Unusable:
                by = "unusable"
            report.write(json.dumps({"at": at, "name": mutant.name, "by": by}) + "\n")
            report.flush()
