"""The laws hold in the source; and the checks see a breach when there is one."""

import pytest

from kith.core.testing import laws


def test_the_source_keeps_the_laws():
    paths = list(laws.sources())
    assert len(paths) > 300, "the source was not found"
    assert [str(breach) for path in paths for breach in laws.breaches(path)] == []


@pytest.mark.parametrize(
    ("code", "law"),
    [
        ("from kith.parties.entities.company import Company\n", "house"),
        ("def f(Company):\n    return Company.objects.all()\n", "law 2"),
        ("def f(model):\n    return model._base_manager.all()\n", "law 2"),
        ("from os import *\n", "style"),
    ],
)
def test_a_breach_is_found(tmp_path, code, law):
    (tmp_path / "access").mkdir()
    file = tmp_path / "access" / "wrong.py"
    file.write_text(code)
    assert {breach.law for breach in laws.breaches(file, tmp_path)} == {law}
