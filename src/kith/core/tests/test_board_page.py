"""The board of every entity that has one: columns, cards, totals, limits of rights; moving, refusal, conflict."""

import json
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import axes, board_fields, boards, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import BadFilter
from kith.core.ledger import Change
from kith.core.testing import factory
from kith.core.testing.queries import counted
from kith.core.views import BOARD, from_address

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
BOARDS = [entity.label for entity in registry if entity.board]


def tasks(count, **values):
    return writes.create_many(
        SYSTEM, registry.get("activities.task"), [{"name": f"Task {n:03}", **values} for n in range(count)]
    )


def page(client, url, **headers):
    answer = client.get(url, **headers)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def lanes(html):
    """Names of cards by the key of their column."""
    return {
        key: re.findall(r'class="nm"[^>]*>([^<]+)<', part)
        for key, part in re.findall(r'<section [^>]*data-column="([^"]*)"(.*?)</section>', html, re.S)
    }


def lanes_of(html):
    """What stands in each column, as HTML."""
    return dict(re.findall(r'<section [^>]*data-column="([^"]*)"(.*?)</section>', html, re.S))


def counts(html):
    return re.findall(r'<h2>.*?class="count">([^<]+)<', html.split('class="board"')[1], re.S)


def move(client, record, column, **values):
    url = f"/{registry.for_model(type(record)).slug}/board/{record.pk}/move"
    return client.post(url, {"column": column, "version": record.version, **values}, headers=HTMX)


def fresh(record):
    return registry.for_model(type(record)).rows(SYSTEM).get(pk=record.pk)


def changes_of(record):
    return Change.objects.filter(record_id=record.pk).count()


# --- every entity -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", BOARDS)
def test_every_board_shows_a_card_to_whom_may_see_it(people, label):
    entity = registry.get(label)
    hers, other = factory.make(entity, owner=str(people.ann.pk)), factory.make(entity, owner=str(people.tom.pk))
    address = f"/{entity.slug}/board"
    assert {f'id="row-{record.pk}"' in page(people.clients.eva, address) for record in (hers, other)} == {True}
    limited = page(people.clients.ann, address)
    assert f'id="row-{hers.pk}"' in limited and str(other.pk) not in limited
    assert people.clients.max.get(address).status_code == 404
    assert page(people.clients.eva, address).count("<h1") == 1


@pytest.mark.parametrize("label", BOARDS)
def test_nobody_moves_what_they_may_not_change(people, label):
    entity = registry.get(label)
    record = factory.make(entity, owner=str(people.tom.pk))
    look = from_address(entity, people.actors.eva, {}, shape=BOARD)
    here = str(entity.fields[entity.board].get(record))
    targets = [column for column in axes.axis_of(look, people.actors.eva).columns if column.key != here]
    before = changes_of(record)
    for who in (people.clients.ann, people.clients.max):
        assert {move(who, record, target.key).status_code for target in targets} == {404}
    assert (fresh(record).version, changes_of(record)) == (record.version, before)
    # Some columns ask for more first: a call back for its time.
    target = next(target for target in targets if move(people.clients.tom, record, target.key).status_code == 200)
    assert entity.fields[entity.board].get(fresh(record)) == target.value


def test_a_kind_without_a_declared_board_has_one_by_its_first_choice(people):
    """For example companies' consents by purpose; without a choice that may be read there is none."""
    kinds = {entity.label: name for entity in registry if not entity.board and (name := board_fields.usual(entity))}
    assert kinds["parties.consent"] == "purpose" and "sales.opportunity" not in kinds and "core.fieldrule" not in kinds
    made = factory.make("parties.consent")
    entity, eva = registry.get("parties.consent"), people.clients.eva
    assert f"/{entity.slug}/board" in page(eva, f"/{entity.slug}/")
    assert f'id="row-{made.pk}"' in lanes_of(page(eva, f"/{entity.slug}/board"))[made.purpose]
    for name in board_fields.choices(entity):
        values = {"role": people.roles.all.pk, "entity": entity.label, "field": name, "level": "none", "deny": True}
        writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)
    assert f"/{entity.slug}/board" not in page(eva, f"/{entity.slug}/")
    assert eva.get(f"/{entity.slug}/board").status_code == 400


# --- columns and cards ------------------------------------------------------------------------------------------------


def test_every_choice_is_a_column_even_without_cards(people):
    tasks(2, status="doing", assignee=people.ann.pk)
    html = page(people.clients.eva, "/tasks/board")
    assert {key: len(cards) for key, cards in lanes(html).items()} == {
        "todo": 0, "doing": 2, "blocked": 0, "done": 0, "cancelled": 0,
    }  # fmt: skip
    assert counts(html) == ["0", "2", "0", "0", "0"]


def test_conditions_words_and_order_are_those_of_the_list(people):
    tasks(3, status="todo")
    factory.make("activities.task", name="Bake bread", status="todo", priority="high")
    eva = people.clients.eva
    assert lanes(page(eva, "/tasks/board?sort=-name"))["todo"] == ["Task 002", "Task 001", "Task 000", "Bake bread"]
    assert lanes(page(eva, "/tasks/board?f=priority:any:high"))["todo"] == ["Bake bread"]
    assert lanes(page(eva, "/tasks/board?q=bread"))["todo"] == ["Bake bread"]
    assert "The conditions hide 4 records." in page(eva, "/tasks/board?f=name:is:nothing")


def test_columns_may_stand_for_another_field_or_the_people(people):
    tasks(2, assignee=people.ann.pk)
    factory.make("activities.task", name="Mine", assignee=str(people.eva.pk))
    html = page(people.clients.eva, "/tasks/board?group=assignee")
    found = lanes(html)
    assert list(found) == ["", str(people.ann.pk), str(people.eva.pk)]
    assert found[str(people.eva.pk)] == ["Mine"]
    assert list(lanes(page(people.clients.eva, "/tasks/board?group=priority"))) == ["low", "normal", "high"]


def test_all_entries_of_a_dictionary_are_columns_in_their_order(people):
    late = writes.create(SYSTEM, registry.get("parties.industry"), {"name": "Aviation", "position": 2})
    early = writes.create(SYSTEM, registry.get("parties.industry"), {"name": "Zinc", "position": 1})
    factory.make("parties.company", name="Halden", industry=str(early.pk))
    found = lanes(page(people.clients.eva, "/companies/board?group=industry"))
    assert found == {"": [], str(early.pk): ["Halden"], str(late.pk): []}


@pytest.mark.parametrize("group", ["name", "no_such", "subject"])
def test_what_cannot_be_columns_is_refused_with_what_can(people, group):
    answer = people.clients.eva.get(f"/tasks/board?group={group}")
    assert answer.status_code == 400
    assert "priority" in answer.content.decode()


def test_long_columns_come_in_parts_that_meet(people):
    tasks(45, status="todo")
    html = page(people.clients.eva, "/tasks/board?sort=name")
    seen = lanes(html)["todo"]
    assert "Show 35 more" in html
    while address := re.search(r'hx-get="(/tasks/board/more[^"]+)"', html):
        html = page(people.clients.eva, address[1].replace("&amp;", "&"))
        seen += re.findall(r'class="nm"[^>]*>([^<]+)<', html)
    assert seen == [f"Task {n:03}" for n in range(45)]


def test_a_large_board_shows_the_same_as_a_small_one(people, monkeypatch):
    """Read column by column instead of at once: same cards, counts and sums."""
    for n in range(30):
        values = {"annual_revenue": f"{n + 1} {'EUR' if n % 3 else 'USD'}"} if n % 4 else {}
        company = {"name": f"C{n:02}", "status": ("active", "lost", "prospect")[n % 3], **values}
        writes.create(SYSTEM, registry.get("parties.company"), company, typed=True)
    client = people.clients.eva
    urls = (
        "/companies/board",
        "/companies/board?sort=-name",
        "/companies/board?sort=annual_revenue",
        "/companies/board?q=C1",
        "/companies/board?sort=owner",
    )
    small = [page(client, url) for url in urls]
    monkeypatch.setattr(boards, "FEW", 3)
    large = [page(client, url) for url in urls]
    assert [(lanes(html), counts(html)) for html in small] == [(lanes(html), counts(html)) for html in large]
    sums = [re.findall(r'class="sum"><span>(.*?)</span></span>', html) for html in small]
    assert sums == [re.findall(r'class="sum"><span>(.*?)</span></span>', html) for html in large]
    axis = axes.axis_of(
        from_address(registry.get("parties.company"), people.actors.eva, {}, shape=BOARD), people.actors.eva
    )
    active = boards.totals(axis, axis.columns)[2]
    assert (active.count, active.sums) == (10, {"USD": Decimal(106)})
    assert boards.whole_totals(axis) == boards.totals(axis, axis.columns)


def test_counts_beyond_the_limit_are_marked_and_asked_for_later(people, monkeypatch):
    writes.create_many(SYSTEM, registry.get("parties.company"), [{"name": f"C{n}"} for n in range(9)])
    monkeypatch.setattr(boards, "FEW", 3)
    monkeypatch.setattr(boards, "EXACT", 5)
    html = page(people.clients.eva, "/companies/board")
    assert counts(html) == ["0", "0", "5+", "0", "0"]
    later = page(people.clients.eva, re.search(r'hx-get="(/companies/board/totals[^"]*)"', html)[1], headers=HTMX)
    assert re.findall(r'class="count">([^<]+)<', later) == ["0", "0", "9", "0", "0"]


def test_whose_rows_are_limited_gets_the_same_figures_from_many_rows_as_from_few(people, monkeypatch):
    for n in range(14):
        company = {"name": f"C{n}", "status": ("active", "lost")[n % 2], "annual_revenue": f"{n} EUR"}
        writes.create(
            SYSTEM,
            registry.get("parties.company"),
            {**company, "owner": (people.ann, people.tom)[n > 9].pk},
            typed=True,
        )
    small = page(people.clients.ann, "/companies/board")
    monkeypatch.setattr(boards, "FEW", 3)
    large = page(people.clients.ann, "/companies/board")
    assert counts(small) == counts(large) == ["0", "0", "5", "0", "5"]
    assert lanes(small) == lanes(large)
    axis = axes.axis_of(
        from_address(registry.get("parties.company"), people.actors.ann, {}, shape=BOARD), people.actors.ann
    )
    assert boards.totals(axis, axis.columns)[4].sums == {"EUR": Decimal(1 + 3 + 5 + 7 + 9)}
    monkeypatch.setattr(boards, "EXACT", 4)
    marked = page(people.clients.ann, "/companies/board")
    assert [count[-1] for count in counts(marked)] == ["+"] * 5
    later = page(people.clients.ann, re.search(r'hx-get="(/companies/board/totals[^"]*)"', marked)[1], headers=HTMX)
    assert re.findall(r'class="count">([^<]+)<', later) == ["0", "0", "5", "0", "5"]


def test_a_board_takes_few_queries_however_many_cards(people, monkeypatch):
    tasks(40, assignee=people.ann.pk)
    client = people.clients.eva
    for name, url in (("board tasks", "/tasks/board"), ("board companies", "/companies/board")):
        client.get(url)
        with counted(name) as caught:
            client.get(url)
        assert len(caught) <= 8, [query["sql"][:150] for query in caught]
    monkeypatch.setattr(boards, "FEW", 3)
    with CaptureQueriesContext(connection) as caught:
        client.get("/tasks/board")
    assert len(caught) <= 9, [query["sql"][:150] for query in caught]


# --- views ------------------------------------------------------------------------------------------------------------


def test_a_view_remembers_that_it_is_a_board(people):
    tasks(1, owner=people.ann.pk)
    answer = people.clients.ann.post("/tasks/views/new?shape=board&group=priority", {"name": "Mine"}, headers=HTMX)
    url = json.loads(answer.headers["HX-Trigger"])["go-list"]["url"]
    assert url.startswith("/tasks/board?view=")
    html = page(people.clients.ann, url)
    assert list(lanes(html)) == ["low", "normal", "high"]
    assert "Unsaved changes" not in html
    plain = people.clients.ann.get(url.replace("/tasks/board", "/tasks/"))
    assert (plain.status_code, plain.headers["Location"]) == (302, url)
    listed = page(people.clients.ann, url.replace("/tasks/board", "/tasks/") + "&shape=list")
    assert "Unsaved changes" in listed and '<table class="tbl' in listed


def test_shapes_stand_beside_each_other_and_keep_the_conditions(people):
    html = page(people.clients.eva, "/tasks/?f=priority:any:high")
    ways = re.findall(
        r'<a href="([^"]+)" (?:aria-current="true")?>', html.split('aria-label="Shape"')[1].split("</span>")[0]
    )
    assert ways == [
        "/tasks/?f=priority%3Aany%3Ahigh", "/tasks/?f=priority%3Aany%3Ahigh&amp;group=status",
        "/tasks/board?f=priority%3Aany%3Ahigh", "/tasks/calendar?f=priority%3Aany%3Ahigh",
        "/tasks/report?f=priority%3Aany%3Ahigh",
    ]  # fmt: skip


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_move_is_written_tells_where_the_card_stands_and_is_undone(people):
    (task,) = tasks(1, status="todo", owner=people.ann.pk)
    factory.make(
        "activities.task", name="Earlier", status="done", owner=str(people.ann.pk), due_at="2026-01-01T10:00:00Z"
    )
    answer = move(people.clients.ann, task, "done")
    events = json.loads(answer.headers["HX-Trigger"])
    assert fresh(task).status == "done" and fresh(task).done_at is not None
    assert events["card-moved"]["column"] == "done" and events["card-moved"]["stands"] is True
    assert events["toast"]["text"] == "Moved to “Done”"
    heads = re.findall(r'class="count">([^<]+)<', answer.content.decode())
    assert heads == ["0", "2"]
    people.clients.ann.post(events["toast"]["undo"], headers=HTMX)
    assert fresh(task).status == "todo"


def test_a_card_that_the_conditions_hide_now_leaves_the_board(people):
    (task,) = tasks(1, status="todo")
    answer = people.clients.eva.post(
        f"/tasks/board/{task.pk}/move?f=status:any:todo", {"column": "done", "version": task.version}, headers=HTMX
    )
    assert json.loads(answer.headers["HX-Trigger"])["card-moved"]["stands"] is False
    assert "hide it now" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]


def test_an_unknown_column_changes_nothing(people):
    (task,) = tasks(1, status="todo")
    answer = move(people.clients.eva, task, "nowhere")
    assert answer.status_code == 400
    assert "Blocked" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    assert fresh(task).version == task.version


def test_a_move_over_somebody_elses_change_is_a_conflict(people):
    (task,) = tasks(1, status="todo")
    writes.save(SYSTEM, task, {"status": "blocked"})
    answer = move(people.clients.eva, task, "done")
    assert answer.status_code == 409
    assert fresh(task).status == "blocked"


def test_a_refusal_that_names_fields_asks_for_just_those(people, monkeypatch):
    entity = registry.get("activities.task")
    (task,) = tasks(1, status="todo")

    def validate(self, record, values):
        missing = values.get("status", record.status) == "done" and not values.get("result", record.result)
        return {"result": ["Say what came of it."]} if missing else {}

    monkeypatch.setattr(type(entity), "validate", validate)
    answer = move(people.clients.eva, task, "done")
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#modal")
    assert re.findall(r'name="asked" value="(\w+)"', html) == ["result"] and "Say what came of it." in html
    assert fresh(task).status == "todo"
    again = people.clients.eva.post(
        f"/tasks/board/{task.pk}/move", {"column": "done", "version": task.version, "asked": "result", "result": "Sold"},
        headers={**HTMX, "HX-Target": "dialog#modal"},
    )  # fmt: skip
    assert again.status_code == 204
    assert (fresh(task).status, fresh(task).result) == ("done", "Sold")


def test_a_field_can_have_an_axis_of_its_own(people, monkeypatch):
    """What a process will bring: columns of its own, notes, weights, variants, and moves that refuse."""

    class Steps(axes.ChoiceAxis):
        variants = [("short", "Short way"), ("long", "Long way")]

        @property
        def columns(self):
            return [c for c in super().columns if self.look.option != "short" or c.key in ("todo", "done")]

    monkeypatch.setattr(axes, "_axes", {("activities.task", "status"): Steps})
    html = page(people.clients.eva, "/tasks/board?group=status:short")
    assert list(lanes(html)) == ["todo", "done"] and "Short way" in html
    with pytest.raises(BadFilter):
        axes.axis_of(
            from_address(registry.get("activities.task"), SYSTEM, {"group": "status:short"}, shape=BOARD), SYSTEM
        ).column("doing")
