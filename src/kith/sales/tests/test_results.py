"""Figures against competitors and of partners, and that each opens exactly its rows (B10, A12); next steps; shipped reasons."""

from decimal import Decimal
from urllib.parse import unquote

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.money import Money
from kith.core.testing.people import fresh
from kith.sales import next_steps, panels, results, shipped


def hide(role, entity, *fields):
    """A role that may not read these fields."""
    policies = [{"role": role.pk, "entity": entity, "field": field, "level": "none"} for field in fields]
    writes.create_many(SYSTEM, registry.get("access.fieldpolicy"), policies)


def rows(label):
    return registry.get(label).rows(SYSTEM)


@pytest.fixture
def met(people, make, company, stages, reasons):
    """Against Valtek: 2 won (of one more was paid in dollars), 1 lost, 1 open; one won without them."""
    rival = make("sales.competitor", name="Valtek")
    make("core.exchangerate", currency="USD", rate="0.50", valid_on="2020-01-01")

    def deal(amount, stage, against=True, currency="EUR", **values):
        made = make(
            "sales.opportunity",
            name="x",
            company=company.pk,
            owner=people.ann.pk,
            amount={"amount": amount, "currency": currency},
            **values,
        )
        if against:
            make("sales.opportunitycompetitor", opportunity=made.pk, competitor=rival.pk)
        if stage.kind == "won":
            writes.save(SYSTEM, made, {"stage": stage.pk})
        if stage.kind == "lost":
            writes.save(SYSTEM, made, {"stage": stage.pk, "reasons": [reasons.price.pk]})
        return made

    deal("100", stages.won)
    deal("300", stages.won, currency="USD")
    deal("70", stages.lost)
    deal("40", stages.new)
    deal("999", stages.won, against=False)
    return rival


def listed(client, href):
    answer = client.get("/api/v1" + href.replace("/opportunities/?", "/opportunities?").replace("shape=list&", ""))
    assert answer.status_code == 200, (unquote(href), answer.content)
    return len(answer.json()["results"])


def test_won_and_lost_against_a_competitor(people, met):
    found = results.against(people.actors.eva, met)
    assert [(str(one.label), one.count, one.amount) for one in found.figures] == [
        ("won", 2, Money(Decimal("250.00"), "EUR")),
        ("lost", 1, Money(Decimal("70.00"), "EUR")),
        ("open", 1, Money(Decimal("40.00"), "EUR")),
    ]
    assert found.rate == Decimal("0.6667")
    assert [listed(people.clients.eva, one.href) for one in found.figures] == [2, 1, 1]
    assert listed(people.clients.eva, found.rate_href) == 3
    assert results.against(people.actors.tom, met).figures[0].count == 2
    assert results.against(people.actors.max, met).is_empty


def test_figures_tell_nothing_that_may_not_be_read(people, met):
    hide(people.roles.all, "sales.opportunity", "amount", "actual_amount")
    found = results.against(fresh(people.eva), met)
    assert [(one.count, one.amount) for one in found.figures] == [(2, None), (1, None), (1, None)]
    hide(people.roles.all, "sales.opportunitycompetitor", "competitor")
    assert results.against(fresh(people.eva), met).is_empty


def test_what_a_partner_brought(people, make, company, deal, stages):
    partner = make("parties.company", name="Nord AS", roles=["partner"])
    writes.save(people.actors.eva, deal, {"partner": partner.pk})
    found = results.brought(people.actors.eva, partner)
    assert [(one.count, one.amount.amount) for one in found.figures] == [
        (0, Decimal("0.00")),
        (0, Decimal("0.00")),
        (1, Decimal("1000.00")),
    ]
    assert (found.rate, listed(people.clients.eva, found.figures[2].href)) == (None, 1)
    assert panels.partner_results(people.actors.eva, company)["results"] is None
    page = people.clients.eva.get(f"/companies/{partner.pk}/").content.decode()
    assert "Brought by this partner" in page and "1,000" in page


def test_no_next_step_is_a_fact_a_filter_and_a_warning(people, make, deal, fresh):
    eva = people.clients.eva
    assert next_steps.is_missing(deal) and listed(eva, "/opportunities/?f=no_next_step:is:true") == 1
    assert 'id="no-next-step"' in eva.get(f"/opportunities/{deal.pk}/").content.decode()
    task = make("activities.task", name="Call", subject=f"sales.opportunity/{deal.pk}")
    assert not next_steps.is_missing(deal) and listed(eva, "/opportunities/?f=no_next_step:is:true") == 0
    assert listed(eva, "/opportunities/?f=no_next_step:is:false") == 1
    assert 'id="no-next-step"' not in eva.get(f"/opportunities/{deal.pk}/").content.decode()
    writes.save(SYSTEM, task, {"status": "done"})
    assert next_steps.is_missing(deal)
    assert not next_steps.is_missing(writes.save(SYSTEM, deal, {"next_step": "Visit"}))


def test_the_buying_team_stands_with_role_influence_and_attitude(people, make, deal):
    person = make("parties.person", given_name="Per", family_name="Lunde", owner=people.ann.pk)
    make(
        "sales.opportunityrole",
        opportunity=deal.pk,
        person=person.pk,
        role="champion",
        influence=4,
        attitude="supports",
    )
    page = people.clients.ann.get(f"/opportunities/{deal.pk}/").content.decode()
    block = page.split('id="side-committee"')[1].split("</ul>")[0]
    assert all(words in block for words in ("Per Lunde", "Champion", "influence 4 of 5", "Supports"))


def test_the_battle_card_shows_what_helps(people, make, deal, met):
    ours = make("catalogue.product", name="TX-400")
    other = make("catalogue.product", name="TX-900")
    money = {"amount": "900", "currency": "EUR"}
    make("sales.competitorproduct", competitor=met.pk, name="V-9", our_product=other.pk, answer="Not this one")
    make(
        "sales.competitorproduct",
        competitor=met.pk,
        name="V-1",
        our_product=ours.pk,
        price=money,
        pros="Cheap",
        cons="Slow",
        answer="Show the trial",
    )
    writes.save(SYSTEM, met, {"strategy": "Local service", "strengths": "Price", "weaknesses": "14 weeks"})
    make("sales.opportunityline", opportunity=deal.pk, product=ours.pk, quantity="1", price=money)
    make("sales.opportunitycompetitor", opportunity=deal.pk, competitor=met.pk, note="6 % cheaper", threat="high")
    (card,) = panels.battle(people.actors.eva, deal)["cards"]
    assert [offer.name for offer in card.products] == ["V-1"]
    page = people.clients.ann.get(f"/opportunities/{deal.pk}/?tab=battle-cards").content.decode()
    for words in ("Local service", "14 weeks", "Cheap", "Slow", "Show the trial", "6 % cheaper", "TX-400"):
        assert words in page
    assert "Not this one" not in page


def test_product_lines_are_edited_in_place(people, make, deal, fresh):
    line = make(
        "sales.opportunityline",
        opportunity=deal.pk,
        name="Gauge",
        quantity="2",
        price={"amount": "10", "currency": "EUR"},
    )
    ann = people.clients.ann
    good = {"version": line.version, "quantity": "3", "price": "12.50", "price.currency": "EUR", "discount": "10"}
    answer = ann.post(f"/opportunity-lines/{line.pk}/row", good)
    assert answer.status_code == 200 and "33.75" in answer.content.decode()
    assert fresh(deal).amount == Decimal("33.75")
    bad = ann.post(f"/opportunity-lines/{line.pk}/row", good | {"version": fresh(line).version, "quantity": "0"})
    assert bad.status_code == 422 and "A quantity is above zero." in bad.content.decode()
    stale = ann.post(f"/opportunity-lines/{line.pk}/row", good | {"version": line.version, "quantity": "9"})
    assert stale.status_code == 409 and fresh(deal).amount == Decimal("33.75")
    assert people.clients.max.post(f"/opportunity-lines/{line.pk}/row", good).status_code == 404


def test_shipped_reasons_and_views_come_once_and_stay_as_they_were_made(people):
    shipped.install()
    assert {
        result: rows("sales.reason").filter(result=result).count() for result in ("won", "lost", "unqualified")
    } == {"won": 6, "lost": 8, "unqualified": 6}
    assert rows("sales.reason").filter(needs_text=True).count() == 3
    other = rows("sales.reason").get(external_ids=["kith:reason:lost:other"])
    assert (other.name, other.translations["ru"], other.translations["zh-hans"]) == ("Other", "Другое", "其他")
    view = rows("core.view").get(external_ids=["kith:view:sales.opportunity:no_next_step"])
    writes.delete(people.actors.eva, registry.get("core.view"), [view.pk])
    writes.delete(
        people.actors.eva,
        registry.get("sales.reason"),
        list(rows("sales.reason").filter(result="won").values_list("pk", flat=True)),
    )
    shipped.install()
    assert rows("core.view").filter(external_ids__contains=["kith:view:sales.opportunity:no_next_step"]).count() == 0
    assert rows("sales.reason").filter(result="won").count() == 0
    assert rows("core.view").filter(entity__startswith="sales.").count() == len(shipped.VIEWS) - 1
    for slug in ("opportunities", "leads"):
        assert people.clients.eva.get(f"/{slug}/").status_code == 200


def test_the_score_is_explained_on_the_page(people, make, deal, stages, company, setting):
    from kith.sales import scoring

    setting("score.fields", ["source", "tags"])
    source, tag = make("parties.source", name="Fair"), make("core.tag", name="hot")
    won = make("sales.opportunity", name="w", company=company.pk, source=source.pk, tags=[tag.pk], owner=people.ann.pk)
    writes.save(SYSTEM, won, {"stage": stages.won.pk})
    writes.save(SYSTEM, deal, {"source": source.pk, "tags": [tag.pk]})
    assert "No score yet" in people.clients.ann.get(f"/opportunities/{deal.pk}/").content.decode()
    assert people.clients.ann.post(f"/opportunities/{deal.pk}/action/recompute").status_code == 302
    page = people.clients.ann.get(f"/opportunities/{deal.pk}/").content.decode()
    assert "From 1 won and 0 lost." in page and "Recompute scores" in page
    assert scoring.explain(registry.get("sales.opportunity"), deal) is not None


def test_panels_of_a_deal_tell_only_what_the_reader_may_read(people, make, deal, met):
    ours, money = make("catalogue.product", name="TX-400"), {"amount": "917", "currency": "EUR"}
    make("sales.competitorproduct", competitor=met.pk, name="V-1", our_product=ours.pk, price=money, pros="Cheap", answer="Show the trial")  # fmt: skip
    writes.save(SYSTEM, met, {"strategy": "Local service", "strengths": "Lower price"})
    make("sales.opportunityline", opportunity=deal.pk, product=ours.pk, quantity="3", price=money, discount="7")
    make("sales.opportunitycompetitor", opportunity=deal.pk, competitor=met.pk, note="6 % cheaper", threat="high")
    person = make("parties.person", family_name="Lunde", given_name="Per", owner=people.ann.pk)
    make("sales.opportunityrole", opportunity=deal.pk, person=person.pk, role="champion", influence=4, attitude="opposes")  # fmt: skip
    here = f"/opportunities/{deal.pk}/"

    def pages():
        client = people.clients.ann
        return client.get(here).text + client.get(f"{here}?tab=battle-cards").text

    words = ("Local service", "Lower price", "Cheap", "Show the trial", "6 % cheaper", "High", "€917", "Against us", "influence 4 of 5")  # fmt: skip
    text = pages()
    assert [word for word in words if word not in text] == []
    role = registry.get("access.role").rows(SYSTEM).get(name="Own")
    hide(role, "sales.competitor", "strategy", "strengths")
    hide(role, "sales.competitorproduct", "pros", "answer", "price")
    hide(role, "sales.opportunitycompetitor", "note", "threat")
    hide(role, "sales.opportunityline", "discount", "price")
    hide(role, "sales.opportunityrole", "influence", "attitude")
    text = pages()
    assert [word for word in words if word in text] == []
    assert "V-1" in text and "Per Lunde" in text and "Champion" in text and "TX-400" in text
    lines = text.split('id="side-products"')[1].split("</table>")[0]
    assert "—" in lines and "2,558" not in lines  # the amount of the deal, which may be read, is the sum of its lines
