"""Stages and processes given in words: by key, by name in any language, in the API, in files, in bulk (B5)."""

import json

import pytest

from kith.core import bulk, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange import importing
from kith.core.exchange.mapping import ColumnMap, Mapping
from kith.core.staged import State, Step
from kith.core.testing import factory
from kith.processes import book, shipped


def entity():
    return registry.get("sales.opportunity")


@pytest.mark.parametrize("word", ["qualified", "Need understood", "NEED UNDERSTOOD"])
def test_a_stage_is_known_by_key_and_name(people, deal, stages, word):
    assert writes.save(people.actors.ann, deal, {"stage": word}).stage_id == stages.qualified.pk


def test_a_stage_is_known_by_its_names_in_other_languages(people, deal, stages):
    for language in ("ru", "zh-hans"):
        assert stages.won.translations[language]
        moved = writes.save(people.actors.ann, deal, {"stage": stages.won.translations[language]})
        assert moved.stage_id == stages.won.pk
        writes.save(people.actors.ann, deal, {"stage": "new"})


def test_the_api_takes_the_key_and_names_the_stages_there_are(people, deal, stages, fresh):
    ann, url = people.clients.ann, f"/api/v1/opportunities/{deal.pk}"
    answer = ann.patch(url, json.dumps({"stage": "qualified"}), content_type="application/json")
    assert (answer.status_code, answer.json()["stage"]) == (200, str(stages.qualified.pk))
    answer = ann.patch(url, json.dumps({"stage": "unheard"}), content_type="application/json")
    assert answer.status_code == 422
    ((error),) = answer.json()["errors"]
    assert error["field"] == "stage"
    assert error["message"] == "There is no stage “unheard”; there are: new, qualified, offer, negotiation, won, lost."
    assert fresh(deal).stage_id == stages.qualified.pk


def test_a_word_means_the_stage_of_the_own_process(people, deal, stages):
    steps = (Step("new", "Start"), Step("won", "End", State.WON))
    other = shipped.ship(entity(), "Service", steps, is_default=False)
    company = factory.make("parties.company", owner=str(people.ann.pk))
    values = {"name": "Repair", "company": company.pk, "process": "Service"}
    made = writes.create(people.actors.ann, entity(), values)
    course = book.book().courses[other.pk]
    assert (made.process_id, made.stage_id) == (other.pk, course.stage("new").pk)
    both = [deal.pk, made.pk]
    result = bulk.run(lambda: people.actors.ann, entity(), both, "edit", {"stage": "won"})
    assert (result.done, result.skipped) == (2, 0)
    found = dict(entity().rows(SYSTEM).filter(pk__in=both).values_list("pk", "stage_id"))
    assert found == {deal.pk: stages.won.pk, made.pk: course.stage("won").pk}


def test_an_unknown_process_is_told(people, deal):
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, deal, {"process": "Nowhere"})
    assert str(refused.value.errors["process"][0]) == "There is no process “Nowhere”; there are: Opportunities."


def test_a_file_names_stages(people, stages):
    company = factory.make("parties.company", name="Halden Paper AS")
    ru = stages.offer.translations["ru"]
    table = (
        f"Name,Company,Stage,Amount\nOne,{company.pk},won,10\nTwo,{company.pk},{ru},20\nThree,{company.pk},nowhere,30\n"
    )
    columns = tuple(
        ColumnMap(to=to, column=name) for to, name in (("name", "Name"), ("company", "Company"), ("stage", "Stage"))
    )
    money = ColumnMap(to="amount", column="Amount", currency="EUR", numbers=".")
    outcome = importing.import_file(
        people.actors.eva, entity(), table.encode(), Mapping(columns=(*columns, money)), file="deals.csv"
    )
    found = dict(entity().rows(SYSTEM).values_list("name", "stage_id"))
    assert found == {"One": stages.won.pk, "Two": stages.offer.pk}
    assert [row.number for row in outcome.rejected] == [4]
    assert "There is no stage “nowhere”" in outcome.rejected[0].errors["Stage"][0]
