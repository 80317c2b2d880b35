"""Why the figures of a report changed: the parts of each group and of the total add up, and each opens its rows (N3)."""

import json
import random
from decimal import Decimal

import pytest

from kith.core import deltas, past, past_touched, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import BadFilter
from kith.core.reports import engine, reading, why
from kith.core.views import REPORT

from .past_story import at, deal, deals
from .test_past import look

pytestmark = pytest.mark.django_db
FIRST, LAST = "2026-09-30", "2026-10-31"
BETWEEN = f"from={FIRST}&to={LAST}"


def explained(actor, query, measure):
    made = look(actor, FIRST, query, REPORT)
    return why.explain(reading.of_look(made), made, actor, measure, past.of(FIRST), past.of(LAST))


def parts(one):
    return {part.key: (part.count, part.amount) for part in one.parts if part.count}


def by_label(found):
    return {" / ".join(key.label for key in line.keys): line for line in found.groups}


def check(found):
    """In every group and in the total the parts are the change; the groups are the total; each part has its rows."""
    for one in (found.total, *(line.explained for line in found.groups)):
        assert sum(part.amount for part in one.parts) == one.change
    for name in ("before", "after", "change"):
        assert sum(getattr(line.explained, name) for line in found.groups) == getattr(found.total, name)
    for line in found.groups:
        for part in line.explained.parts:
            rows = list(why.rows(found, line.name, part.key, limit=1000))
            assert (len(rows), sum(row.amount for row in rows)) == (part.count, part.amount)


def test_each_group_of_a_report_is_split_into_its_parts(people, autumn):
    found = explained(people.actors.eva, "rows=owner&m=sum:amount", "sum:amount")
    check(found)
    assert (found.total.before, found.total.after) == (400, 870)
    assert parts(found.total) == {"added": (1, 500), "removed": (1, -100), "changed": (1, 70)}
    lines = by_label(found)
    assert set(lines) == {"Ann Own", "Tom Team"}
    ann, tom = lines["Ann Own"].explained, lines["Tom Team"].explained
    assert (ann.before, ann.after, parts(ann)) == (400, 770, {"added": (1, 500), "removed": (1, -100), "changed": (1, 70), "went": (1, -100)})  # fmt: skip
    assert (tom.before, tom.after, parts(tom)) == (0, 100, {"came": (1, 100)})
    assert [row.id for row in why.rows(found, lines["Tom Team"].name, "came")] == [autumn["given"].pk]
    assert [row.id for row in why.rows(found, "", "added")] == [autumn["later"].pk]
    count = explained(people.actors.eva, "rows=owner&m=count", "count")
    check(count)
    assert [(line.explained.before, line.explained.after) for line in by_label(count).values()] in ([(4, 3), (0, 1)], [(0, 1), (4, 3)])  # fmt: skip


def test_a_group_says_the_same_as_the_list_of_its_rows(people, autumn):
    eva = people.actors.eva
    found = explained(eva, "rows=owner&m=sum:amount", "sum:amount")
    alone = deltas.explain(deltas.figure_of(look(eva, FIRST, f"f=owner:any:{people.ann.pk}"), eva, "sum:amount", past.of(FIRST), past.of(LAST)))  # fmt: skip
    assert by_label(found)["Ann Own"].explained == alone


def test_what_cannot_be_split_is_refused_by_name(people, autumn):
    eva = people.actors.eva
    for query, measure, word in (
        ("rows=owner&m=avg:amount", "avg:amount", "counts and sums"), ("rows=score&m=count", "count", "Score"), ("rows=tags&m=count", "count", "several groups"),
        ("rows=org_unit&m=count", "count", "Department"),
    ):  # fmt: skip
        with pytest.raises(BadFilter, match=word):
            explained(eva, query, measure)


def same_of_all_records(actor, rows, measure, found, monkeypatch):
    """The same is told where all records are compared, instead of those that were written since."""
    with monkeypatch.context() as patch:
        patch.setattr(past_touched, "MOST", -1)
        again = explained(actor, f"rows={rows}&m={measure}", measure)
    assert again.compared is None
    assert (again.total, again.groups) == (found.total, found.groups)
    for line in found.groups:
        for part in line.explained.parts:
            assert list(why.rows(again, line.name, part.key)) == list(why.rows(found, line.name, part.key))


@pytest.mark.parametrize("rate_moves", [True, False])
def test_the_parts_of_random_reports_add_up(people, company, make, monkeypatch, rate_moves):
    """Owners, stages, amounts in two currencies, rates, deletions: every report is exact, before and after are those of the report of the day."""
    rng, eva = random.Random(0), people.actors.eva
    rate = registry.get("core.exchangerate")
    with at(8, 1):
        writes.create(SYSTEM, rate, {"currency": "USD", "valid_on": "2020-01-01", "rate": "0.5"})
        companies = [company, make("parties.company", name="Other", legal_name="https://o.example")]
    made = []
    for month, steps in ((9, 14), (10, 22)):
        for step in range(steps):
            with at(month, 1 + step):
                if month == 9 or rng.random() < 0.2:
                    made.append(deal(eva, rng.choice(companies), f"Deal {step}", 10 * rng.randrange(1, 50), rng.choice(["EUR", "USD"])).pk)  # fmt: skip
                    continue
                record = deals().rows(SYSTEM).filter(pk=rng.choice(made)).first()
                if record is None:
                    continue
                if rng.random() < 0.15:
                    writes.delete(eva, deals(), [record.pk])
                    continue
                values = [{"owner": rng.choice([people.ann.pk, people.tom.pk])}, {"amount": {"amount": str(rng.randrange(900)), "currency": rng.choice(["EUR", "USD"])}}, {"company": rng.choice(companies).pk}, {"closes_on": f"2026-{rng.randrange(10, 13)}-02"}]  # fmt: skip
                writes.save(eva, record, rng.choice(values))
    with at(10, 28):
        if rate_moves:
            writes.create(SYSTEM, rate, {"currency": "USD", "valid_on": "2026-10-15", "rate": "0.7"})
        writes.save(SYSTEM, registry.get("parties.company").rows(SYSTEM).get(pk=companies[1].pk), {"legal_name": "https://new.example"})  # fmt: skip
    with at(11, 2):
        for rows in ("owner,company", "company.legal_name", "closes_on:month"):
            for measure in ("sum:amount", "count"):
                found = explained(eva, f"rows={rows}&m={measure}", measure)
                check(found)
                assert (found.compared is None) == (rows == "company.legal_name" or (rate_moves and measure != "count"))
                same_of_all_records(eva, rows, measure, found, monkeypatch)
                for when, end in ((FIRST, "before"), (LAST, "after")):
                    then = look(eva, when, f"rows={rows}&m={measure}", REPORT)
                    table = engine.run(reading.of_look(then), eva)
                    if measure == "count":
                        expected = {table.place(line.keys, None): table.value(line, None, 0) for line in table.leaves}
                        mine = {line.place: getattr(line.explained, end) for line in found.groups}
                        assert {place: value for place, value in expected.items() if value} == {place: value for place, value in mine.items() if value}  # fmt: skip


def test_the_page_and_the_api(people, autumn):
    eva = people.clients.eva
    text = eva.get(f"/opportunities/report/why?f=&rows=owner&m=sum:amount&{BETWEEN}&measure=sum:amount").content.decode()  # fmt: skip
    assert 'id="parts-total"' in text and "Ann Own" in text and "Tom Team" in text
    answer = eva.get("/api/v1/opportunities/report/why", {"rows": "owner", "measure": "sum:amount", "from": FIRST, "to": LAST})  # fmt: skip
    body = answer.json()
    assert (body["before"], body["after"], body["change"]) == ("400.0000", "870.0000", "470.0000")
    tom = next(group for group in body["groups"] if group["labels"] == ["Tom Team"])
    assert json.loads(tom["within"]) == [str(people.tom.pk)] and tom["change"] == "100.0000"
    asked = {
        "rows": "owner",
        "measure": "sum:amount",
        "from": FIRST,
        "to": LAST,
        "part": "came",
        "within": tom["within"],
    }
    assert [row["id"] for row in eva.get("/api/v1/opportunities/report/why", asked).json()["records"]] == [str(autumn["given"].pk)]  # fmt: skip
    text = eva.get("/opportunities/report/why", asked | {"f": "", "m": "sum:amount"}).content.decode()
    assert 'id="opened"' in text and f"/opportunities/{autumn['given'].pk}/" in text
    for bad in ({"part": "nonsense"}, {"within": '["x"]', "part": "came"}, {"from": "nonsense"}, {"measure": "avg:amount"}, {"rows": "score"}):  # fmt: skip
        assert eva.get("/api/v1/opportunities/report/why", asked | bad).status_code == 400, bad
        page = eva.get("/opportunities/report/why", asked | {"f": "", "m": "sum:amount"} | bad)
        assert page.status_code == (404 if bad == {"part": "nonsense"} else 400), bad
    assert people.clients.max.get("/opportunities/report/why", asked).status_code == 404
    assert people.clients.max.get("/api/v1/opportunities/report/why", asked).status_code == 404
    assert Decimal(body["change"]) == sum(Decimal(group["change"]) for group in body["groups"])
