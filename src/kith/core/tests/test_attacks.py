"""Attacks on rights: nothing is read, guessed or changed by a way round the right that guards it."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.test import Client

from kith.core import access, listing, search, tokens, writes
from kith.core.access import SYSTEM, actor_of, fetch
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.filters import BadFilter, Test, compile_filter
from kith.core.ledger import Change
from kith.core.testing.factory import make
from kith.core.testing.people import grant, make_user
from kith.core.views import Look

pytestmark = pytest.mark.django_db


def client(user, *scopes):
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(
        user=user, name="test", shown=secret[:8], digest=tokens.digest(secret), scopes=list(scopes or "*")
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(browser, method, path, body):
    return getattr(browser, method)(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def hide(role, entity, field, level="none"):
    writes.create(
        SYSTEM, registry.get("access.fieldpolicy"), {"role": role.pk, "entity": entity, "field": field, "level": level}
    )


# --- two faces of one table -------------------------------------------------------------------------------------------


def test_a_field_hidden_on_companies_is_hidden_on_parties_and_along_links(people):
    hide(people.roles.own, "parties.company", "credit_limit")
    company = make("parties.company", owner=str(people.ann.pk), credit_limit={"amount": "900", "currency": "EUR"})
    ann = client(people.ann)
    assert "credit_limit" not in ann.get(f"/api/v1/companies/{company.pk}").json()
    assert "credit_limit" not in ann.get(f"/api/v1/parties/{company.pk}").json()
    assert [
        ann.get(f"/api/v1/{query}").status_code
        for query in (
            "parties?f=credit_limit:gt:1",
            "parties?sort=credit_limit",
            "contact-points?f=party.credit_limit:gt:1",
        )
    ] == [400] * 3


def test_parties_are_written_only_as_what_they_are(people):
    company, eva = make("parties.company"), client(people.eva)
    answers = [
        send(eva, "post", "parties", {}),
        send(eva, "patch", f"parties/{company.pk}", {"email": "x@example.org"}),
        eva.delete(f"/api/v1/parties/{company.pk}"),
    ]
    assert [answer.status_code for answer in answers] == [405] * 3
    assert "/api/v1/companies, /api/v1/people" in answers[1].json()["detail"]
    assert answers[1].headers["Allow"] == "GET"
    assert registry.get("parties.party").rows(SYSTEM).count() == 1
    with pytest.raises(Refused):
        writes.update_many(SYSTEM, registry.get("parties.party"), [company.pk], {"status": "lost"})


# --- shares -----------------------------------------------------------------------------------------------------------


def test_who_may_edit_but_not_share_changes_no_share(people):
    helper = make_user("Hal Helper")
    grant(helper, ("parties.company", "view", "all"), ("parties.company", "edit", "all"))
    company = make("parties.company", owner=str(people.ann.pk))
    share = writes.create(
        SYSTEM, registry.get("access.share"), {"subject": f"parties.company/{company.pk}", "user": people.max.pk}
    )
    for values in ({"level": "edit"}, {"user": helper.pk}, {"valid_to": None}, {"level": "view"}):
        with pytest.raises(Forbidden):
            writes.save(actor_of(helper.pk), share, values)
    assert writes.delete(actor_of(helper.pk), registry.get("access.share"), [share.pk]).records == []


def test_a_share_cannot_prolong_itself(people):
    company = make("parties.company")
    share = writes.create(
        SYSTEM,
        registry.get("access.share"),
        {
            "subject": f"parties.company/{company.pk}",
            "user": people.max.pk,
            "level": "edit",
            "valid_to": dt.date(2999, 1, 1),
        },
    )
    with pytest.raises(Forbidden):
        writes.save(actor_of(people.max.pk), share, {"valid_to": None})


def test_who_has_no_role_finds_a_shared_record_on_every_surface_and_no_other_one(people):
    company, other = make("parties.company", name="Halden shared"), make("parties.company", name="Halden hidden")
    max_ = people.clients.max
    addresses = ("/companies/", "/api/v1/companies", "/companies/report", "/api/v1/companies/report", "/companies/lookup?q=halden")  # fmt: skip
    assert [max_.get(address).status_code for address in addresses] == [404] * 5
    writes.create(
        SYSTEM, registry.get("access.share"), {"subject": f"parties.company/{company.pk}", "user": people.max.pk}
    )
    for address in (*addresses, "/search?q=halden", "/palette?q=halden"):
        answer = max_.get(address)
        assert answer.status_code == 200 and str(other.pk) not in answer.content.decode(), address
    assert [row["id"] for row in max_.get("/api/v1/companies").json()["results"]] == [str(company.pk)]
    assert str(company.pk) in max_.get("/search?q=halden").content.decode()
    assert max_.get("/companies/export?format=csv").status_code == 403


def test_a_hidden_field_orders_no_list_that_nobody_asked_to_be_ordered(people):
    hide(people.roles.own, "parties.company", "updated_at")
    make("parties.company", owner=str(people.ann.pk))
    ann = people.clients.ann
    assert [ann.get(address).status_code for address in ("/companies/", "/api/v1/companies")] == [200, 200]
    assert [ann.get(f"{address}?sort=updated_at").status_code for address in ("/companies/", "/api/v1/companies")] == [400, 400]  # fmt: skip


# --- reading by side doors --------------------------------------------------------------------------------------------


def test_words_of_hidden_fields_find_nothing(people):
    hide(people.roles.own, "parties.company", "tax_id")
    company = make("parties.company", owner=str(people.ann.pk), name="Halden", tax_id="987654321")
    entity, ann, eva = registry.get("parties.company"), actor_of(people.ann.pk), people.actors.eva
    for text, by_ann in (("987654321", []), ("98765", []), ("halden 987654321", []), ("halden", [company])):
        assert search.best(entity, ann, text) == by_ann, text
        assert listing.page(Look(entity, columns=("name",), sort=("name",), q=text), ann).records == by_ann, text
        assert [hit.record.pk for hit in search.everywhere(ann, text)] == [item.pk for item in by_ann], text
        assert [record.pk for record in search.best(entity, eva, text)] == [company.pk], text


def test_the_order_by_a_link_tells_nothing_of_hidden_records(people):
    hidden = make("parties.company", name="Aardvark")
    for given, employer in (("One", hidden), ("Two", make("parties.company", name="Moss", owner=str(people.ann.pk)))):
        person = make("parties.person", owner=str(people.ann.pk), given_name=given, family_name="Lind")
        make("parties.employment", person=str(person.pk), company=str(employer.pk))
    look = Look(registry.get("parties.person"), columns=("name",), sort=("employer",))
    page = listing.page(look, actor_of(people.ann.pk), size=1)
    assert [record.given_name for record in page.records] == ["Two"]
    assert [record.given_name for record in listing.page(look, actor_of(people.ann.pk), after=page.after).records] == [
        "One"
    ]
    assert [record.given_name for record in listing.page(look, people.actors.eva).records][:2] == ["One", "Two"]


def test_titles_of_parts_do_not_name_records_that_are_hidden(people):
    ann, hidden = client(people.ann), make("parties.company", name="Aardvark")
    mine = make("parties.company", owner=str(people.ann.pk), name="Moss")
    group = make("parties.partygroup", owner=str(people.ann.pk))
    make("parties.relationship", party=str(mine.pk), other=str(hidden.pk))
    make("parties.partygroupmember", group=str(group.pk), party=str(hidden.pk))
    for slug in ("relationships", "customer-group-members"):
        answer = ann.get(f"/api/v1/{slug}")
        assert len(answer.json()["results"]) == 1 and "Aardvark" not in answer.content.decode(), slug


def test_a_right_to_sensitive_fields_of_own_rows_opens_no_others(people):
    grant(people.max, ("parties.person", "view", "all"))
    grant(people.max, ("parties.person", "*", "own"))
    assert "birth_date" not in access.readable(actor_of(people.max.pk), registry.get("parties.person"))


# --- rules ------------------------------------------------------------------------------------------------------------


def test_a_denial_holds_for_parts_too(people):
    company = make("parties.company")
    point = make("parties.contactpoint", party=str(company.pk), kind="email", value="a@example.org")
    grant(people.eva, ("parties.contactpoint", "edit", "all", True))
    eva, points = actor_of(people.eva.pk), registry.get("parties.contactpoint")
    assert fetch(points, eva, point.pk)
    with pytest.raises(Forbidden):
        writes.save(eva, point, {"label": "x"})
    assert not access.allowed(eva, points, "edit") and access.allowed(eva, points, "delete")


def test_a_limited_right_to_edit_users_does_not_reach_oneself(people):
    grant(people.max, ("access.user", "edit", "own"))
    unit = make("people.orgunit")
    for values in ({"org_unit": unit.pk}, {"email": "other@kith.test"}, {"kind": "service"}):
        with pytest.raises(Forbidden):
            writes.save(actor_of(people.max.pk), people.max, values)
    assert writes.save(actor_of(people.max.pk), people.max, {"language": "ru"}).language == "ru"


def test_who_may_delete_does_not_thereby_erase_for_good(people):
    company = make("parties.company", owner=str(people.ann.pk))
    ann, companies = actor_of(people.ann.pk), registry.get("parties.company")
    writes.delete(ann, companies, [company.pk])
    with pytest.raises(Forbidden):
        writes.purge(ann, companies, list(companies.rows(ann, "delete", trashed=True)))
    assert (
        people.clients.ann.post("/trash/companies/erase?go=1", {"ids": str(company.pk), "word": "erase"}).status_code
        == 403
    )
    assert "/trash/companies/erase" not in people.clients.ann.get("/trash").content.decode()
    assert (
        people.clients.eva.post("/trash/companies/erase?go=1", {"ids": str(company.pk), "word": "erase"}).status_code
        < 400
    )
    assert not companies.rows(SYSTEM, trashed=True).exists()


# --- references -------------------------------------------------------------------------------------------------------


def test_notes_and_shares_are_about_records_that_have_a_timeline(people):
    company, note = make("parties.company"), make("activities.note")
    refused = (
        f"activities.note/{note.pk}",
        f"parties.party/{company.pk}",
        f"access.role/{people.roles.own.pk}",
        f"no.such/{note.pk}",
    )
    for subject in refused:
        with pytest.raises(Refused) as error:
            writes.create(people.actors.eva, registry.get("activities.note"), {"text": "x", "subject": subject})
        assert list(error.value.errors) == ["subject"], subject
    made = writes.create(
        people.actors.eva, registry.get("activities.note"), {"text": "x", "subject": f"Parties.COMPANY/{company.pk}"}
    )
    assert fetch(registry.get("activities.note"), people.actors.eva, made.pk).subject_entity == "parties.company"


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_for_companies_reads_their_parts_and_may_name_people_and_dictionaries(people):
    company, person = make("parties.company"), make("parties.person")
    industry = make("parties.industry")
    narrow = client(
        people.eva,
        *(
            f"{label}:{operation}"
            for label in ("parties.company", "parties.contactpoint")
            for operation in ("view", "create", "edit", "assign")
        ),
    )
    assert {row["party"] for row in narrow.get("/api/v1/contact-points").json()["results"]} == {str(company.pk)}
    assert (
        send(
            narrow, "patch", f"companies/{company.pk}", {"industry": str(industry.pk), "owner": str(people.ann.pk)}
        ).status_code
        == 200
    )
    assert (
        narrow.get("/api/v1/people").status_code == 404
        and narrow.get(f"/api/v1/industries/{industry.pk}").status_code == 404
    )
    assert narrow.get(f"/api/v1/parties/{person.pk}").status_code == 404


def test_days_in_the_api_are_those_of_the_owner_of_the_token(people):
    writes.save(SYSTEM, people.eva, {"time_zone": "Pacific/Kiritimati"})
    make("activities.task", due_at="2026-03-01T23:00:00+00:00")  # 2 March there
    eva = client(people.eva)
    assert [
        len(eva.get("/api/v1/tasks", {"f": f"due_at:on:{day}"}).json()["results"])
        for day in ("2026-03-01", "2026-03-02")
    ] == [0, 1]


def test_a_deactivated_owner_makes_no_token_actor(people, monkeypatch):
    from kith.core.api.callers import by_token

    secret = tokens.new_secret()
    token = tokens.ApiToken.objects.create(user=people.max, name="test", shown=secret[:8], digest=tokens.digest(secret))
    writes.save(SYSTEM, people.max, {"is_active": False})
    monkeypatch.setattr(tokens, "find", lambda _secret: token)
    assert by_token(None, secret).kind == "anonymous"


# --- words ------------------------------------------------------------------------------------------------------------


def test_the_way_of_a_right_is_told_in_the_language_of_who_reads_it(people):
    from django.utils import translation

    with translation.override("ru"):
        actor = actor_of(people.tom.pk)
        russian = [str(part) for rule in actor.rules for part in rule.via]
    with translation.override("en"):
        assert [str(part) for rule in actor_of(people.tom.pk).rules for part in rule.via] != russian


def test_refusals_of_links_say_nothing_of_what_is_hidden(people):
    hidden = make("parties.employment")
    mine = make("parties.person", owner=str(people.ann.pk))
    company = make("parties.company", owner=str(people.ann.pk))
    with pytest.raises(Refused) as error:
        writes.create(
            actor_of(people.ann.pk),
            registry.get("parties.employment"),
            {"person": mine.pk, "company": company.pk, "reports_to": hidden.pk},
        )
    assert [str(message) for message in error.value.errors["reports_to"]] == ["No such record, or you may not see it."]
    assert Change.objects.filter(entity="parties.employment").count() == 1


def test_a_filter_goes_only_over_readable_links(people):
    hide(people.roles.own, "parties.employment", "person")
    with pytest.raises(BadFilter):
        compile_filter(
            registry.get("parties.person"),
            Test("employment-person.title", "filled"),
            replace(actor_of(people.ann.pk), memo={}),
        )
