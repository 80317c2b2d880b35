"""Figures that are kept ready: the same as those of the records after every door, for those who may see all of them, and told honestly."""

import datetime as dt
from argparse import Namespace
from decimal import Decimal

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.models.signals import pre_migrate
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kith.core import changes, custom_fields, grouping, past, undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.commands import figures
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.filters import BadFilter, from_url, to_json
from kith.core.ids import uuid7
from kith.core.kept import building, checking
from kith.core.kept.models import KeptLine, KeptReport
from kith.core.kept_jobs import check_figures, keep_figures, tend_figures
from kith.core.ledger import ChangeSet
from kith.core.merging.merge import merge
from kith.core.money import Money
from kith.core.reports import engine, reading
from kith.core.reports.shape import Report
from kith.core.views import Look
from kith.privacy import erasing

pytestmark = pytest.mark.django_db
REPORT = {"rows": ["priority"], "columns": ["closes_on:month"], "m": ["count", "sum:budget", "avg:budget"]}
DEALS, NOW = "sales.opportunity", dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel(NOW, tick=False):
        yield


def view(**values):
    """A report that is to be kept ready."""
    given = {"entity": DEALS, "name": "Kept", "shape": "report", "columns": ["name"], "report": REPORT, "is_kept": True}
    return writes.create(SYSTEM, registry.get("core.view"), given | values)


def kept(**values):
    """The same, kept."""
    made = view(**values)
    assert keep_figures() == {"built": 1, "dropped": 0}
    return made


def company():
    """The one company of these tests."""
    entity = registry.get("parties.company")
    return entity.rows(SYSTEM).filter(name="Nord").first() or writes.create(SYSTEM, entity, {"name": "Nord"})


def deal(budget=None, closes_on="2026-11-05", priority="high", currency="EUR", **values):
    amount = {} if budget is None else {"budget": {"amount": str(budget), "currency": currency}}
    given = {"name": "Deal", "company": company().pk, "closes_on": closes_on, "priority": priority, **amount}
    return writes.create(SYSTEM, registry.get(DEALS), given | values)


def report(data=None, terms=(), entity=DEALS, **more):
    """A question."""
    data = data or REPORT
    return Report(registry.get(entity), from_url(list(terms)), reading.dimensions(data.get("rows")), reading.dimensions(data.get("columns")), tuple(reading.figures_in(data)), **more)  # fmt: skip


def of_records(ask):
    """An answer for which the records are asked."""
    custom_fields.known()["kept_figures"] = {}
    try:
        return ask()
    finally:
        custom_fields.known().pop("kept_figures")


def seen(ask, table="sales_opportunity"):
    """An answer, and whether kept figures alone gave it."""
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    told = [query["sql"] for query in asked.captured_queries]
    read = ["core_keptline" in sql for sql in told if "core_keptline" in sql or f'FROM "{table}"' in sql]
    return answer, bool(read) and all(read)


def both(asked, actor=SYSTEM):
    """The figures by place as one is told them, after they were compared with those of the records; and whether they were kept ones."""
    name = asked.entity.model._meta.db_table
    table, is_kept = seen(lambda: engine.run(asked, actor), name)
    truth, never = seen(lambda: of_records(lambda: engine.run(asked, actor)), name)
    assert not never
    assert (table.figures, [column.label for column in table.columns]) == (truth.figures, [column.label for column in truth.columns])  # fmt: skip
    assert [line.label for line in table.lines] == [line.label for line in truth.lines]
    return table.figures, is_kept


def total(asked=None, actor=SYSTEM):
    """The whole, of kept figures that are those of the records."""
    asked = asked or report()
    figures, is_kept = both(asked, actor)
    assert is_kept
    assert [checking.differ(one.texts) for one in building.wanted().values()] == [0]
    count, added, *_more = figures.get((...,) * len(asked.dimensions), [0, Money(Decimal(0), "EUR")])
    return count, added.amount


def test_every_door_keeps_them(people):
    kept()
    deals = registry.get(DEALS)
    assert total() == (0, 0)
    one, two = deal(20), deal(30, "2026-12-31", "low")
    assert total() == (2, 50)
    writes.save(SYSTEM, one, {"budget": {"amount": "5", "currency": "EUR"}})
    assert total() == (2, 35)
    writes.save(SYSTEM, two, {"priority": "top", "closes_on": None})
    assert both(report())[0]["top", None] == [1, Money(Decimal(30), "EUR"), Money(Decimal(30), "EUR")]
    writes.save(SYSTEM, one, {"budget": None})
    assert both(report())[0]["high", dt.date(2026, 11, 1)] == [1, Money(Decimal(0), "EUR"), None]
    assert total() == (2, 30)
    writes.delete(SYSTEM, deals, [two.pk])
    assert total() == (1, 0)
    writes.restore(SYSTEM, deals, [two.pk])
    assert total() == (2, 30)
    outcome = writes.update_many(SYSTEM, deals, [one.pk, two.pk], {"budget": {"amount": "50", "currency": "EUR"}, "priority": "low"})  # fmt: skip
    assert total() == (2, 100)
    undo.undo(SYSTEM, outcome.changeset)
    assert total() == (2, 30)
    writes.create_many(SYSTEM, deals, [{"name": f"Deal {n}", "company": company().pk, "priority": "low", "budget": {"amount": str(n), "currency": "EUR"}} for n in range(40)])  # fmt: skip
    assert total() == (42, 30 + 780)
    writes.delete(SYSTEM, deals, [two.pk])
    writes.purge(SYSTEM, deals, [two])
    assert total() == (41, 780)
    file = "Name,Company,Importance,Budget\n" + "".join(f"New {at},{company().pk},top,{at}\n" for at in range(40))
    outcome = imported(DEALS, file, columns(Name="name", Company="company", Importance="priority", Budget="budget"))  # fmt: skip
    assert total() == (81, 1560)
    undo.undo(SYSTEM, outcome.changeset)
    assert total() == (41, 780)
    pair = [deal(7), deal(8)]
    assert total() == (43, 795)
    merge(SYSTEM, deals, [each.pk for each in pair], survivor=pair[0].pk)
    assert total()[0] == 42
    undo.undo(SYSTEM, ChangeSet.objects.get(kind="merge").pk)
    assert total() == (43, 795)


def test_rows_that_are_copied_past_all_other_triggers_count(people):
    kept()
    one = deal(20)
    with changes.maintenance("maintenance"), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE mould ON COMMIT DROP AS SELECT * FROM sales_opportunity")
        cursor.execute("ALTER TABLE mould DROP COLUMN search_vector")
        cursor.execute("UPDATE mould SET id = %s", [uuid7()])
        cursor.execute("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'mould'::regclass AND attnum > 0 AND NOT attisdropped")  # fmt: skip
        names = cursor.fetchone()[0]
        with cursor.copy("COPY mould TO STDOUT") as out:
            text = b"".join(bytes(part) for part in out)
        with cursor.copy(f"COPY sales_opportunity ({names}) FROM STDIN") as into:
            into.write(text)
    assert total() == (2, 40)
    assert registry.get(DEALS).rows(SYSTEM).exclude(pk=one.pk).count() == 1
    with changes.maintenance("maintenance"), connection.cursor() as cursor:
        cursor.execute("SELECT tgtype & 60, tgenabled FROM pg_trigger WHERE tgname LIKE 'kith\\_kept\\_%' ORDER BY 1")
        fires = [
            (4, "A"),
            (8, "A"),
            (16, "A"),
            (32, "A"),
        ]  # insert, delete, update, truncate; always: also for the benchmark's COPY
        assert [(what, str(when)) for what, when in cursor.fetchall()] == fires
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE sales_opportunity CASCADE")
    assert total() == (0, 0)


def test_an_erased_person_counts_no_longer_and_a_face_counts_its_own(people):
    eva, faces = people.actors.eva, {name: registry.get(f"parties.{name}") for name in ("person", "company")}
    kept(entity="parties.person", report={"rows": ["status"], "m": ["count"]})
    asked = report({"rows": ["status"], "m": ["count"]}, entity="parties.person")
    made = writes.create(SYSTEM, faces["person"], {"family_name": "Lind"})
    assert company().kind == "company"
    figures, is_kept = both(asked, eva)
    assert (figures[(...,)], is_kept) == ([1], True)
    erasing.erase(eva, faces["person"], writes.save(SYSTEM, made, {"status": "deceased"}).pk, reason="asked for")
    figures, is_kept = both(asked, eva)
    assert (is_kept, sum(count for (count,) in figures.values() if figures)) == (True, 2 * faces["person"].rows(SYSTEM).count())  # fmt: skip


def test_what_is_coarser_or_about_fewer_is_answered_as_well(people):
    kept()
    for at, day_ in enumerate(("2026-01-31", "2026-02-01", "2026-05-09", "2027-01-01", None), start=1):
        deal(at, day_, "low" if at % 2 else "top")
    by = {"rows": ["closes_on:quarter"], "m": ["sum:budget", "avg:budget", "count"]}
    assert both(report(by))[0][dt.date(2026, 1, 1),] == [Money(Decimal(3), "EUR"), Money(Decimal("1.5"), "EUR"), 2]
    year = {"rows": ["closes_on:year"], "m": ["sum:budget/count"]}
    assert both(report(year)) == ({(dt.date(2026, 1, 1),): [Money(Decimal(2), "EUR")], (dt.date(2027, 1, 1),): [Money(Decimal(4), "EUR")], (None,): [Money(Decimal(5), "EUR")], (...,): [Money(Decimal(3), "EUR")]}, True)  # fmt: skip
    only = report({"m": ["count"]}, ["priority:any:low", "closes_on:between:2026-01-01,2026-05-31"])
    assert both(only) == ({(): [2]}, True)
    assert both(report({"m": ["count"]}, ["closes_on:this:year"])) == ({(): [3]}, True)
    assert both(report({"m": ["count"]}, ["closes_on:empty"])) == ({(): [1]}, True)
    some = [{"kind": "sum", "path": "budget", "where": to_json(from_url(["priority:any:top"]))}, "count"]
    assert both(report({"rows": ["closes_on:year"], "m": some}))[0][(...,)] == [Money(Decimal(6), "EUR"), 5]
    some = [{"kind": "count", "where": to_json(from_url(["priority:any:top"]))}]
    assert both(report({"rows": ["closes_on:year"], "m": some})) == ({(dt.date(2026, 1, 1),): [1], (dt.date(2027, 1, 1),): [1], (None,): [0], (...,): [2]}, True)  # fmt: skip
    assert both(report({"rows": ["priority"], "m": ["sum:budget"]}, top=1)) == ({("low",): [Money(Decimal(9), "EUR")], (...,): [Money(Decimal(9), "EUR")]}, True)  # fmt: skip
    assert both(report({"m": ["count"]}, ["priority:any:normal"])) == ({(): [0]}, True)


@pytest.mark.parametrize(
    ("data", "terms"),
    [
        ({"rows": ["closes_on:week"], "m": ["count"]}, ()),
        ({"rows": ["priority"], "m": ["count"]}, ("closes_on:between:2026-01-01,2026-05-30",)),
        ({"rows": ["priority"], "m": ["count"]}, ("closes_on:last:30 days",)),
        ({"rows": ["priority"], "m": ["median:budget"]}, ()),
        ({"rows": ["priority"], "m": ["count"]}, ("budget:gt:15",)),
        ({"rows": ["priority"], "m": ["count"]}, ("name:is:Deal",)),
        ({"rows": ["priority"], "m": ["count"]}, ("no_next_step:is:true",)),
        ({"rows": ["priority"], "m": ["sum:amount"]}, ()),
        ({"rows": ["company.industry"], "m": ["count"]}, ()),
        ({"rows": ["owner"], "m": ["count"]}, ()),
    ],
)
def test_what_they_do_not_tell_is_asked_of_the_records(people, data, terms):
    kept()
    deal(20), deal(10, "2026-05-31")
    assert both(report(data, terms))[1] is False
    assert both(report({"rows": ["priority"], "m": ["count"]}))[1] is True


def test_amounts_in_another_currency_are_converted_from_the_records(people):
    kept()
    for value, since in (("4", "2026-01-01"), ("2", "2026-11-01")):
        rate = {"currency": "USD", "rate": value, "valid_on": since}
        writes.create(SYSTEM, registry.get("core.exchangerate"), rate)
    deal(20)
    other = deal(8, currency="USD")
    by = {"rows": ["priority"], "m": ["sum:budget"]}
    assert both(report(by)) == ({("high",): [Money(Decimal(36), "EUR")], (...,): [Money(Decimal(36), "EUR")]}, False)
    assert both(report({"rows": ["priority"], "m": ["count"]})) == ({("high",): [2], (...,): [2]}, True)
    writes.delete(SYSTEM, registry.get(DEALS), [other.pk])
    assert both(report(by)) == ({("high",): [Money(Decimal(20), "EUR")], (...,): [Money(Decimal(20), "EUR")]}, True)


def test_who_sees_fewer_rows_or_fields_is_answered_from_those(people):
    kept()
    deal(20, owner=people.ann.pk), deal(30)
    asked = report({"rows": ["priority"], "m": ["count"]})
    assert both(asked, people.actors.eva) == ({("high",): [2], (...,): [2]}, True)
    assert both(asked, people.actors.ann) == ({("high",): [1], (...,): [1]}, False)
    assert both(asked, people.actors.tom) == ({("high",): [1], (...,): [1]}, False)
    policy = {"role": people.roles.all.pk, "entity": DEALS, "field": "budget", "level": "none", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    eva = actor_of(people.eva.pk)
    assert both(asked, eva)[1] is True
    with pytest.raises(BadFilter, match="budget"):
        engine.run(report(), eva)


def test_moments_are_kept_in_the_zone_of_the_company(people):
    by = {"rows": ["closed_at:month"], "m": ["count"]}
    kept(report=by)
    made = deal(1)
    with changes.maintenance("maintenance"), connection.cursor() as cursor:
        cursor.execute("UPDATE sales_opportunity SET closed_at = '2026-10-31 23:30+00' WHERE id = %s", [made.pk])
    assert both(report(by)) == ({(dt.date(2026, 11 if timezone.get_default_timezone_name() != "UTC" else 10, 1),): [1], (...,): [1]}, True)  # fmt: skip
    writes.save(SYSTEM, people.eva, {"time_zone": "Asia/Tokyo"})
    assert both(report(by), actor_of(people.eva.pk)) == ({(dt.date(2026, 11, 1),): [1], (...,): [1]}, False)


def test_the_past_is_asked_of_the_records(people):
    kept()
    deal(20)
    with time_machine.travel(NOW + dt.timedelta(days=3), tick=False):
        deal(30)
        figures, is_kept = both(report({"m": ["count"]}, as_of=past.of("2026-11-21")))
        assert (figures, is_kept) == ({(): [1]}, False)
        assert both(report({"m": ["count"]})) == ({(): [2]}, True)


def test_a_page_never_tells_figures_that_are_being_built_or_dropped(people):
    deal(20)
    view()
    asked = report({"rows": ["priority"], "m": ["count"]})
    assert both(asked) == ({("high",): [1], (...,): [1]}, False)
    keep_figures()
    assert both(asked)[1] is True
    key = KeptReport.objects.get().pk
    with changes.maintenance("maintenance"):  # by another process, of which this one has not heard yet
        KeptReport.objects.update(is_ready=False)
        KeptLine.objects.all().delete()
    assert engine.run(asked, SYSTEM).figures == {("high",): [1], (...,): [1]}
    custom_fields.forget()
    assert tend_figures() == {"built": 1, "dropped": 0, "folded": 0}
    assert (KeptReport.objects.get().pk, both(asked)) == (key, ({("high",): [1], (...,): [1]}, True))


def test_grouped_lists_of_one_and_two_fields(people):
    kept(shape="grouped", group="priority,closes_on", report={}, columns=["name", "budget"])
    deal(20), deal(5, "2026-11-30"), deal(7, None, "low")
    deals = registry.get(DEALS)
    for group in ("priority,closes_on", "priority", "closes_on"):
        look = Look(deals, columns=("name", "budget"), sort=("name",), group=group)
        records = list(deals.rows(SYSTEM))
        found, is_kept = seen(lambda: grouping.levels(look, people.actors.eva, records))  # noqa: B023 - asked at once
        assert is_kept
        assert found == of_records(lambda: grouping.levels(look, people.actors.eva, records))  # noqa: B023 - asked at once
        assert {(one.value, one.count, one.sums.get("budget")) for one in found[0] if one.count} == (
            {(dt.date(2026, 11, 1), 2, Money(Decimal(25), "EUR")), (None, 1, Money(Decimal(7), "EUR"))} if group == "closes_on"
            else {("high", 2, Money(Decimal(25), "EUR")), ("low", 1, Money(Decimal(7), "EUR"))}
        )  # fmt: skip
    assert len(found[1]) == 0
    html = people.clients.eva.get("/opportunities/?group=priority,closes_on&cols=name,budget&f=").content.decode()
    assert "€25" in html and "€7" in html


def test_lines_are_folded_and_nothing_is_left_when_nobody_wants_them(people):
    made = kept()
    deals = [deal(at) for at in range(1, 6)]
    for each in deals[:3]:
        writes.save(SYSTEM, each, {"priority": "low"})
    assert (KeptLine.objects.count(), total()) == (5 + 6, (5, 15))
    assert building.fold() == 0
    assert building.fold(waiting=0) == 1
    assert (KeptLine.objects.count(), KeptReport.objects.get().folded, total()) == (2, 2, (5, 15))
    writes.delete(SYSTEM, registry.get(DEALS), [each.pk for each in deals])
    assert building.fold(waiting=0) == 1
    assert (KeptLine.objects.count(), total()) == (0, (0, 0))
    writes.save(SYSTEM, made, {"is_kept": False})
    assert keep_figures() == {"built": 0, "dropped": 1}
    deal(1)
    assert (building.functions(), KeptLine.objects.count(), KeptReport.objects.count()) == (set(), 0, 0)


def test_too_many_groups_are_not_kept_and_that_is_told(people, monkeypatch):
    monkeypatch.setattr(building, "MOST", 1)
    deal(1), deal(2, priority="low")
    view()
    keep_figures()
    assert (building.functions(), KeptLine.objects.count(), building.is_settled()) == (set(), 0, True)
    assert list(checking.states()) == [(f"{DEALS} “Kept”", "not kept: more than 1 groups")]
    assert "are not: sales.opportunity “Kept”" in checking.problem()
    assert both(report())[1] is False


def test_differences_are_found_and_built_anew(people, capsys):
    kept()
    deal(20)
    assert figures.run(Namespace(step="check")) == 0
    assert capsys.readouterr().out == f"{DEALS} “Kept”: exact; 0 groups, 1 lines to fold, built 2026-11-20 09:00 UTC\n"
    assert (check_figures(), checking.problem()) == ({"differ": {}}, "")
    line = KeptLine.objects.get()
    with changes.maintenance("maintenance"):
        KeptLine.objects.filter(pk=line.pk).update(figures=[line.figures[0] + 1, *line.figures[1:]])
    assert list(check_figures()["differ"].values()) == [1]
    assert engine.run(report({"m": ["count"]}), SYSTEM).figures == {(): [1]}
    assert figures.run(Namespace(step="keep")) == 0
    assert capsys.readouterr().out == f"Built: 1, dropped: 0, folded: 0.\n{DEALS} “Kept”: exact; 1 groups, 0 lines to fold, built 2026-11-20 09:00 UTC\n"  # fmt: skip
    assert total() == (1, 20)


def test_migrations_find_no_function_that_names_their_columns(people):
    kept()
    deal(20)
    core = apps.get_app_config("core")
    facts = {"app_config": core, "verbosity": 0, "interactive": False, "using": "default", "apps": apps}
    pre_migrate.send(core, plan=[], **facts)
    assert total() == (1, 20)
    pre_migrate.send(core, plan=[("a migration", False)], **facts)
    assert (building.functions(), KeptLine.objects.count()) == (set(), 0)
    assert both(report())[1] is False
    tend_figures()
    assert total() == (1, 20)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"shape": "list", "report": {}}, "Only reports and grouped lists can be kept ready."),
        ({"report": {"m": ["median:budget"]}}, "Only numbers of records, sums and averages can be kept ready."),
        ({"report": {"rows": ["name"], "m": ["count"]}}, "“name” is no stored value of the records themselves, so figures by it cannot be kept ready."),
        ({"entity": "parties.person", "report": {"rows": ["birth_date:year"], "m": ["count"]}}, "is personal data, so figures by it cannot be kept ready."),
        ({"report": {"rows": ["company.industry"], "m": ["count"]}}, "“company.industry” is no stored value of the records themselves, so figures by it cannot be kept ready."),
        ({"filter": {"field": "no_next_step", "op": "is", "value": "true"}}, "“no next step” is no stored value of the records themselves, so figures by it cannot be kept ready."),
        ({"filter": {"field": "probability", "op": "gt", "value": "5"}, "report": {"m": ["avg:probability"]}}, "“probability” is added up and asked for as well"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_the_reason(people, values, told):
    with pytest.raises(Refused) as refused:
        view(**values)
    assert told.casefold() in " ".join(str(text) for text in refused.value.errors["is_kept"]).casefold()
    assert registry.get("core.view").rows(SYSTEM).filter(is_kept=True).count() == 0


def test_only_who_may_change_settings_has_views_kept(people):
    views, ann, eva = registry.get("core.view"), people.actors.ann, people.clients.eva
    with pytest.raises(Forbidden):
        writes.create(ann, views, {"entity": DEALS, "name": "Mine", "shape": "report", "columns": ["name"], "report": REPORT, "is_kept": True})  # fmt: skip
    assert views.rows(SYSTEM).filter(name="Mine").count() == 0
    address = "/opportunities/views/new?shape=report&rows=priority&m=count"
    assert 'name="is_kept"' not in people.clients.ann.get(address).content.decode()
    assert 'name="is_kept"' in eva.get(address).content.decode()
    assert 'name="is_kept"' not in eva.get("/opportunities/views/new").content.decode()
    eva.post(address, {"name": "Ours", "icon": "star", "is_kept": "true"})
    assert views.rows(SYSTEM).get(name="Ours").is_kept
    assert [kept_.view for kept_ in building.wanted().values()] == ["Ours"]


def test_nor_may_an_owner_let_others_be_kept_in_their_place(people):
    """A name or another order changes no figures."""
    mine = view(owner=people.ann.pk)
    views, ann = registry.get("core.view"), people.actors.ann
    for values in (
        {"report": REPORT | {"rows": ["owner"]}},
        {"filter": to_json(from_url(["priority:any:high"]))},
        {"is_kept": False},
    ):
        with pytest.raises(Forbidden):
            writes.save(ann, views.rows(ann).get(pk=mine.pk), values)
    same = views.rows(SYSTEM).get(pk=mine.pk)
    assert (same.report, same.filter, same.is_kept, same.version) == (mine.report, mine.filter, True, mine.version)
    assert writes.save(ann, same, {"name": "Mine", "sort": ["name"]}).name == "Mine"
