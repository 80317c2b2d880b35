"""Attacks on pages: walk them as Ann, who may see little, and look for what is hidden from her."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change
from kith.core.testing.factory import make

pytestmark = pytest.mark.django_db


def read(client, path):
    """What a page says, whole and as the part that htmx asks for."""
    answers = [client.get(path), client.get(path, headers={"HX-Request": "true"})]
    assert all(answer.status_code < 500 for answer in answers), path
    return "".join(
        (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode() for answer in answers
    )


def columns(label):
    return ",".join(registry.get(label).fields)


def test_values_of_hidden_fields_stand_on_no_page(people):
    hidden = {
        "email": "secret@hidden.example", "phone": "+4769184777", "tax_id": "SECRETTAX", "credit_limit": {"amount": "7654321", "currency": "EUR"},
        "description": "SECRETTEXT", "website": "https://secretsite.example",
    }  # fmt: skip
    for name in hidden:
        writes.create(
            SYSTEM,
            registry.get("access.fieldpolicy"),
            {"role": people.roles.own.pk, "entity": "parties.company", "field": name, "level": "none"},
        )
    company = make("parties.company", owner=str(people.ann.pk), name="Halden", **hidden)
    writes.save(people.actors.eva, company, {"tax_id": "SECRETTAX2", "description": "SECRETTEXT2"})
    for part in registry.get("parties.contactpoint").rows(SYSTEM).filter(party=company.pk):
        writes.purge(SYSTEM, registry.get("parties.contactpoint"), [part])  # contact points have rights of their own
    here, every = f"/companies/{company.pk}", ",".join(registry.get("parties.company").fields)
    pages = [
        "/companies/", f"/companies/?cols={every}", "/companies/?group=status", f"{here}/", f"{here}/peek", f"{here}/edit", f"{here}/timeline", f"{here}/history", f"{here}/?tab=history", f"{here}/?tab=details",
        "/companies/lookup?q=Halden", "/lookup?q=Halden", "/palette?q=Halden", "/search?q=Halden", "/", "/notifications", "/parties/lookup?q=Halden", f"/companies/export?format=csv&cols={every}", f"/parties/{company.pk}/",
        f"/companies/?cols={every}&q=Halden", "/undo/" + str(Change.objects.filter(record_id=company.pk, op="update").latest("id").changeset_id),
    ]  # fmt: skip
    secrets = ("secret@hidden", "69184777", "69 18 47 77", "SECRET", "7654321", "7,654,321", "secretsite")
    texts = {path: read(people.clients.ann, path) for path in pages}
    assert sum("Halden" in text for text in texts.values()) > 10
    for path, text in texts.items():
        assert not [word for word in secrets if word.casefold() in text.casefold()], path


def test_names_of_hidden_records_stand_on_no_page(people):
    ann, hidden = str(people.ann.pk), make("parties.company", name="Aardvark")
    mine, group = (
        make("parties.company", owner=ann, name="Halden"),
        make("parties.partygroup", owner=ann, name="Friends"),
    )
    person = make("parties.person", owner=ann, given_name="Ingrid", family_name="Halden")
    writes.save(people.actors.eva, mine, {"parent": hidden.pk})
    make("parties.relationship", party=str(mine.pk), other=str(hidden.pk))
    make("parties.employment", person=str(person.pk), company=str(hidden.pk), title="Head of Halden")
    make("parties.partygroupmember", group=str(group.pk), party=str(hidden.pk))
    task = make(
        "activities.task",
        name="Halden",
        owner=ann,
        assignee=ann,
        status="done",
        subject={"entity": "parties.company", "id": str(hidden.pk)},
    )
    company, human = f"/companies/{mine.pk}", f"/people/{person.pk}"
    pages = [
        f"/companies/?cols={columns('parties.company')}&sort=parent&group=parent", f"/people/?cols={columns('parties.person')}&group=employer", f"/companies/?f=parent:any:{hidden.pk}",
        f"/relationships/?cols={columns('parties.relationship')}", f"/employments/?cols={columns('parties.employment')}", "/customer-group-members/", f"/tasks/?cols={columns('activities.task')}",
        f"{company}/", f"{company}/edit", f"{company}/peek", f"{company}/timeline", f"{company}/?tab=history", f"{company}/related/relationship-party", f"{company}/field/parent?edit=1", f"{company}/why",
        f"{human}/", f"{human}/peek", f"{human}/timeline", f"{human}/?tab=history", f"{human}/related/employment-person", f"/customer-groups/{group.pk}/", f"/customer-groups/{group.pk}/related/partygroupmember-group",
        f"/tasks/{task.pk}/", f"/tasks/{task.pk}/edit", "/palette?q=aard", "/search?q=aard", "/lookup?q=aard", "/companies/lookup?q=aard", "/parties/lookup?q=aard", "/people/?q=aard", "/",
        "/api/v1/relationships", "/api/v1/employments", "/api/v1/people", "/api/v1/customer-group-members", "/api/v1/changes", f"/api/v1{company}/history", f"/api/v1{human}/history",
    ]  # fmt: skip
    texts = {path: read(people.clients.ann, path) for path in pages}
    assert sum("Halden" in text for text in texts.values()) > 15
    assert [path for path, text in texts.items() if "aardvark" in text.casefold()] == []
