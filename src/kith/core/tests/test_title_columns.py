"""Titles load only what they show."""

import pytest

from kith.core import titles
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.title_columns import of_entity


@pytest.mark.parametrize(
    ("label", "columns"),
    [
        ("parties.company", ("id", "kind", "name")), ("parties.party", ("id", "kind", "name")), ("access.user", ("email", "id", "name")), ("parties.industry", ("hue", "id", "name", "translations")),
        ("parties.employment", ()), ("activities.task", ("id", "name")),
    ],
)  # fmt: skip
def test_columns_of_a_title(label: str, columns: tuple[str, ...]) -> None:
    assert of_entity(registry.get(label)) == columns


@pytest.mark.django_db
@pytest.mark.parametrize("label", [entity.label for entity in registry if not entity.access.faces])
def test_a_slim_title_is_the_title_of_the_whole_record(label: str) -> None:
    entity = registry.get(label)
    record = factory.make(entity)
    whole = entity.rows(SYSTEM).get(pk=record.pk)
    found = titles.load(SYSTEM, [(label, record.pk)])[label, record.pk]
    assert (found.text, found.hue) == (str(whole), getattr(whole, "hue", ""))


@pytest.mark.django_db
def test_titles_of_several_kinds_come_in_one_query(django_assert_num_queries: object) -> None:
    company, industry, user = (
        factory.make("parties.company"),
        factory.make("parties.industry"),
        factory.make("access.user"),
    )
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = titles.load(
            SYSTEM, [("parties.company", company.pk), ("parties.industry", industry.pk), ("access.user", user.pk)]
        )
    assert {title.text for title in found.values()} == {company.name, industry.name, user.name}
