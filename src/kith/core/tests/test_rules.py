"""The rules of safety hold in the source; each is shown to see what breaks it and to let pass what does not."""

from dataclasses import replace
from fnmatch import fnmatch

import pytest

from kith.core.testing import laws, rules
from kith.core.testing.rules import RULES, TEMPLATE_RULES, Source

TEMPLATES = sorted(laws.SOURCE.glob("**/templates/**/*.html"))


def test_the_source_breaks_no_rule() -> None:
    paths = list(laws.sources())
    assert len(paths) > 300, "the source was not found"
    assert [str(breach) for breach in rules.broken(paths, laws.SOURCE)] == []


def test_the_templates_break_no_rule() -> None:
    assert len(TEMPLATES) > 200, "the templates were not found"
    assert [str(breach) for breach in rules.broken_templates(TEMPLATES, laws.SOURCE)] == []


def test_none_is_lost_and_each_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in (*RULES, *TEMPLATE_RULES)]
    assert (len(RULES), len(TEMPLATE_RULES)) == (41, 7), "a rule was added or lost"
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_sees_what_breaks_it_and_nothing_else(rule: rules.Rule) -> None:
    assert rule.bad and rule.good
    for text in rule.bad:
        assert list(rule.breaches(Source("access/some.py", text))), text
    for text in rule.good:
        assert list(rule.breaches(Source("access/some.py", text))) == [], text


@pytest.mark.parametrize("rule", TEMPLATE_RULES, ids=lambda rule: rule.name)
def test_a_rule_for_templates_sees_what_breaks_it_and_nothing_else(rule: rules.TemplateRule) -> None:
    for text in rule.bad:
        assert rule.pattern.search(text), text
    for text in rule.good:
        assert not rule.pattern.search(text), text


def test_every_exception_is_still_needed_and_has_a_reason() -> None:
    sources = [Source(path.relative_to(laws.SOURCE).as_posix(), path.read_text()) for path in laws.sources()]
    for rule in RULES:
        everywhere = replace(rule, but={})
        for pattern, reason in rule.but.items():
            assert len(reason) > 8, (rule.name, pattern)
            covered = [source for source in sources if fnmatch(source.path, pattern)]
            assert any(any(everywhere.breaches(source)) for source in covered), (rule.name, pattern)
