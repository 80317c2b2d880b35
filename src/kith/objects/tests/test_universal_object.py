"""The universal suite over an object that was made at run time: with a process, links, a date, about any record, with a field of its own."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.tests import test_universal_api as api
from kith.core.tests import test_universal_ui as ui

from .making import make_object

pytestmark = pytest.mark.django_db
LABEL = "objects.machine"


@pytest.fixture(params=[False, True], ids=["plain", "staged"])
def machine(people, request):
    entity = make_object(has_process=request.param, has_subject=request.param)
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": LABEL, "name": "x_hours", "label": "Hours", "kind": "number"})  # fmt: skip
    return registry.get(entity.label)


@pytest.mark.parametrize(
    "check",
    [
        ui.test_with_the_right_every_page_answers_in_the_readers_language,
        ui.test_without_the_right_hidden_is_missing,
        ui.test_with_a_row_limit_only_own_rows_are_shown,
        ui.test_a_form_saves_and_refuses_bad_input_by_name,
        api.test_with_the_right_a_record_lives_its_whole_life,
        api.test_without_any_right_nothing_is_seen_and_nothing_happens,
        api.test_with_a_row_limit_only_own_rows_are_seen,
        api.test_bad_input_in_any_field_is_refused_by_name_and_changes_nothing,
    ],
    ids=lambda check: check.__name__.removeprefix("test_"),
)
def test_as_every_noun(machine, people, check):
    check(people, LABEL)
