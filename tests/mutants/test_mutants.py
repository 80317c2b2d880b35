"""The machinery of the mutation score: a broken rule is put in, noticed and taken out. `python -m tests.mutants.run` takes the score."""

import pytest
from tests.matrix.conftest import made, matrix  # noqa: F401 - fixtures
from tests.matrix.world import World

from kith.core import access

from .applying import applied
from .breaking import mutants
from .checks import rows
from .equivalent import EQUIVALENT


@pytest.mark.django_db
def test_a_broken_rule_is_put_in_noticed_and_taken_out(matrix: World) -> None:  # noqa: F811
    code = access.without_denied.__code__
    lines = range(code.co_firstlineno, code.co_firstlineno + 8)
    broken = next(one for one in mutants() if one.file == "core/access.py" and one.line in lines and "“~”" in one.what)
    some = [case for name, case in rows(matrix) if "den " in name]
    with applied(broken):
        assert access.without_denied.__code__ is not code
        assert not all(case() for case in some)
    assert access.without_denied.__code__ is code
    assert all(case() for case in some)


def test_what_is_called_equivalent_is_there_and_has_a_reason() -> None:
    assert set(EQUIVALENT) - {one.key for one in mutants()} == set()
    assert all(EQUIVALENT.values())
