"""Dashboards as records and as pages: who sees them, which opens first, the editor's one write, refusals that change nothing."""

import json
import re

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.configuration import applying
from kith.core.configuration.kinds import Scope
from kith.core.dashboards import opening
from kith.core.entity import registry
from kith.core.errors import Conflict, Forbidden, Missing, Refused

from .setup import COMPANY, board, make, tile, view

pytestmark = pytest.mark.django_db
KIND = "core.dashboard"


@pytest.fixture
def every():
    return view(COMPANY, "All companies", is_public=True, columns=["name", "owner"])


def sees(actor):
    return sorted(row.name for row in opening.offered(actor))


def stored(dashboard):
    return registry.get(KIND).rows(SYSTEM).get(pk=dashboard.pk)


def test_who_sees_a_dashboard_and_who_may_change_it(people):
    ann, tom, max_ = people.actors.ann, people.actors.tom, people.actors.max
    board(ann, name="Own")
    everyones = board(ann, name="All", is_public=True)
    board(ann, name="North", shared_with=[str(people.north.pk)])
    assert (sees(ann), sees(tom), sees(max_)) == (["All", "North", "Own"], ["All", "North"], ["All"])
    with pytest.raises(Forbidden):
        writes.save(max_, registry.get(KIND).rows(max_).get(pk=everyones.pk), {"name": "Mine"})
    assert stored(everyones).name == "All"


def test_which_opens_first(people):
    ann, tom, eva, max_ = (getattr(people.actors, who) for who in ("ann", "tom", "eva", "max"))
    assert opening.first(ann) is None and people.clients.ann.get("/dashboard").url == "/dashboards/"
    board(eva, name="Everybody’s", is_public=True)
    for_role = board(eva, name="Reps", default_roles=[str(people.roles.own.pk)])
    for_group = board(eva, name="North", default_groups=[str(people.north.pk)])
    assert [str(opening.first(one)) for one in (ann, tom, max_)] == ["North", "North", "Everybody’s"]
    writes.delete(eva, registry.get(KIND), [for_group.pk])
    assert [str(opening.first(one)) for one in (ann, tom)] == ["Reps", "Everybody’s"]
    first, second = (board(ann, name=name, is_default=True) for name in ("A", "B"))
    assert str(opening.first(ann)) == "B" and not stored(first).is_default and stored(second).is_default
    assert people.clients.ann.get("/dashboard").url == f"/dashboards/{second.pk}/"
    assert for_role.default_roles == [people.roles.own.pk]


def test_only_who_may_change_settings_makes_it_open_first_for_others(people):
    mine = board(people.actors.ann, name="Mine")
    for values in ({"default_groups": [str(people.north.pk)]}, {"default_roles": [str(people.roles.own.pk)]}):
        with pytest.raises(Forbidden):
            writes.save(people.actors.ann, stored(mine), values)
        with pytest.raises(Forbidden):
            board(people.actors.ann, name="New", **values)
    assert stored(mine).version == 1 and registry.get(KIND).rows(SYSTEM).count() == 1


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"a": 1}, "list of at most 40 objects"),
        ([1], "list of at most 40 objects"),
        ([{"id": f"t{n}", "kind": "note"} for n in range(41)], "list of at most 40 objects"),
        ([{"kind": "note"}], "Tile 1: Its id"),
        ([{"id": "a", "kind": "x"}], "Tile 1: Its kind is one of"),
        ([{"id": "a", "kind": "note"}, {"id": "a", "kind": "note"}], "same id"),
        ([{"id": "a", "kind": "figure"}], "Choose the view"),
        ([{"id": "a", "kind": "figure", "view": {"entity": "core.view", "id": "x"}}], "Choose the view"),
        ([{"id": "a", "kind": "note", "w": 13}], "whole number from 2 to 12"),
        ([{"id": "a", "kind": "note", "h": True}], "whole number from 1 to 6"),
        ([{"id": "a", "kind": "note", "style": "x"}], "Unknown parts: style"),
        ([{"id": "a", "kind": "note", "text": "x" * 20_001}], "at most 20000 signs"),
        ([{"id": "a", "kind": "note", "titles": {"xx": "y"}}], "texts by language"),
        ([{"id": "a", "kind": "note", "target": "NaN"}], "target is a number"),
        ([{"id": "a", "kind": "note", "target": "1e999999"}], "target is a number"),
        ([{"id": "a", "kind": "note", "chart": "pie"}], "no chart"),
        ([{"id": "a", "kind": "note", "less": "yes"}], "true or false"),
    ],
)
def test_bad_tiles_are_refused_and_nothing_is_changed(people, raw, words):
    mine = board(people.actors.ann, tile("note"), name="Mine")
    before = stored(mine).tiles
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, mine, {"tiles": raw})
    assert words in str([str(one) for one in refused.value.errors["tiles"]])
    assert stored(mine).tiles == before and stored(mine).version == 1


def test_a_tile_names_no_view_that_its_author_may_not_see_nor_a_field_there_is_not(people, every):
    hers = view(COMPANY, "Eva’s own", people.actors.eva)
    mine = board(people.actors.ann, name="Mine")
    for raw, words in (
        (tile("figure", hers), "no such view, or you may not see it"),
        (tile("figure", every, measure="sum:nothing"), "nothing"),
        (tile("chart", every, by="nothing"), "nothing"),
        (tile("figure", every, date="name"), "is no date of these records"),
        (tile("figure", every, measure="{"), "valid JSON"),
    ):
        with pytest.raises(Refused) as refused:
            writes.save(people.actors.ann, stored(mine), {"tiles": [raw]})
        assert words in str(refused.value.errors["tiles"][0])
    assert stored(mine).tiles == [] and stored(mine).version == 1


def test_what_a_tile_said_before_stands_though_its_view_is_gone(people):
    own = view(COMPANY, "Of Ann", people.actors.ann)
    mine = board(people.actors.ann, tile("figure", own), name="Mine")
    writes.delete(people.actors.ann, registry.get("core.view"), [own.pk])
    writes.save(people.actors.ann, stored(mine), {"tiles": [*stored(mine).tiles, tile("note", text="<p>Hello</p>")]})
    assert len(stored(mine).tiles) == 2


def test_the_page_fetches_each_tile_alone_and_names_none_that_may_not_be_seen(people, every):
    secret = view(COMPANY, "Takeover targets", people.actors.eva)
    made = board(
        people.actors.eva,
        tile("list", every, title="Companies"),
        tile("figure", secret, id="s", title="Targets for takeover"),
        tile("note", text="<p>Hi</p><script>x</script>"),
        name="All",
        is_public=True,
    )
    html = people.clients.ann.get(f"/dashboards/{made.pk}/").text
    assert re.findall(r'data-tile="[^"]*/tile/([^"?]+)\?period=all&amp;who=all"', html) == ["list-1", "s", "note-1"]
    assert "Companies" in html and "akeover" not in html
    part = people.clients.ann.get(f"/dashboards/{made.pk}/tile/s")
    assert part.status_code == 200 and "You may not see what is shown here." in part.text and "akeover" not in part.text
    note = people.clients.ann.get(f"/dashboards/{made.pk}/tile/note-1").text
    assert "<p>Hi</p>" in note and "<script" not in note
    assert "Targets for takeover" in people.clients.eva.get(f"/dashboards/{made.pk}/tile/s").text
    assert people.clients.ann.get(f"/dashboards/{made.pk}/tile/none").status_code == 404
    assert people.clients.ann.get(f"/dashboards/{made.pk}/?period=nonsense").status_code == 400


def test_a_dashboard_of_others_is_missing_on_every_page(people, every):
    made = board(people.actors.eva, tile("figure", every))
    for part in ("", "tile/figure-1", "arrange", "tile-form"):
        assert people.clients.ann.get(f"/dashboards/{made.pk}/{part}").status_code == 404
    for part in ("pin", "arrange", "preview", "tile-form"):
        assert people.clients.ann.post(f"/dashboards/{made.pk}/{part}", {"tile": "{}"}).status_code == 404
    assert stored(made).version == 1
    shared = board(people.actors.eva, tile("figure", every), name="Shared", is_public=True)
    assert people.clients.ann.get(f"/dashboards/{shared.pk}/arrange").status_code == 403
    assert people.clients.ann.get(f"/dashboards/{shared.pk}/").status_code == 200


def test_saving_is_one_write_that_is_undone_and_refuses_what_somebody_else_has_changed(people, every):
    ann = people.actors.ann
    made = board(ann, tile("figure", every, w=3), name="Mine")
    arranged = [tile("note", text="<p>First</p>", w=4, h=2), tile("figure", every, w=6)]
    address, data = f"/dashboards/{made.pk}/arrange", {"tile": [json.dumps(one) for one in arranged], "version": "1"}
    answer = people.clients.ann.post(address, data)
    assert (answer.status_code, answer.url) == (302, f"/dashboards/{made.pk}/")
    assert stored(made).tiles == arranged and stored(made).version == 2
    from kith.core.ledger import Change, ChangeSet

    mine = ChangeSet.objects.filter(pk__in=Change.objects.filter(record_id=made.pk).values("changeset_id")).order_by(
        "-pk"
    )
    assert mine.count() == 2
    late = people.clients.ann.post(address, {"tile": [json.dumps(arranged[0])], "version": "1"})
    assert late.status_code == 409 and stored(made).tiles == arranged
    undo.undo(ann, mine[0].pk)
    assert stored(made).tiles == [tile("figure", every, w=3)]
    with pytest.raises(Conflict):
        writes.save(ann, stored(made), {"tiles": []}, version=1)
    for bad in ("{", "[1", "5", '"x"', "[" * 100_000):
        assert people.clients.ann.post(address, {"tile": [bad], "version": "3"}).status_code == 422
        assert people.clients.ann.post(f"/dashboards/{made.pk}/preview", {"tile": bad}).status_code in (400, 422)
        assert people.clients.ann.get(f"/dashboards/{made.pk}/tile-form", {"tile": bad}).status_code in (200, 422)
    assert stored(made).version == 3


def test_the_dialog_offers_what_the_view_has_and_gives_the_tile_back(people, every):
    made = board(people.actors.ann, name="Mine")
    address = f"/dashboards/{made.pk}/tile-form"
    first = people.clients.ann.get(address).text
    assert "All companies" in first and 'name="measure"' not in first
    asked = people.clients.ann.get(address, {"kind": "figure", "view": str(every.pk), "seen": ""}).text
    assert 'name="measure"' in asked and 'value="sum:annual_revenue"' in asked and 'name="target"' in asked
    refused = people.clients.ann.post(address, {"kind": "figure", "target": "much"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and "target is a number" in refused.text
    given = {"kind": "figure", "view": str(every.pk), "measure": "sum:annual_revenue", "target": "1 250 000,50", "title": "Revenue", "date": "created_at", "less": "on"}  # fmt: skip
    answer = people.clients.ann.post(address, given, headers={"HX-Request": "true"})
    event = json.loads(answer.headers["HX-Trigger"])["tile-set"]
    kept = json.loads(event["tile"])
    assert answer.status_code == 204 and (event["title"], event["w"], event["h"]) == ("Revenue", 3, 1)
    assert kept == {"id": kept["id"], "kind": "figure", "w": 3, "h": 1, "view": {"entity": "core.view", "id": str(every.pk)}, "title": "Revenue", "measure": "sum:annual_revenue", "date": "created_at", "target": "1250000.50", "less": True}  # fmt: skip
    assert stored(made).tiles == []
    shown = people.clients.ann.post(f"/dashboards/{made.pk}/preview", {"tile": event["tile"]})
    assert shown.status_code == 200 and "Revenue" in shown.text


def test_a_dashboard_is_kept_in_the_sidebar_among_the_views(people, every):
    made = board(people.actors.ann, name="Mine", icon="trophy")
    people.clients.ann.post(f"/companies/views/{every.pk}/pin", {"on": "1"})
    people.clients.ann.post(f"/dashboards/{made.pk}/pin", {"on": "1"})

    def side():
        page = people.clients.ann.get("/tasks/").text
        return re.findall(r'data-pin="[^"]+"><a href="([^"]+)"[^>]*><svg[^>]*><use href="[^"]*#i-([^"]+)"', page)

    assert side() == [(f"/companies/?view={every.pk}", "table-2"), (f"/dashboards/{made.pk}/", "trophy")]
    people.clients.ann.post("/pins", {"ids": f"{made.pk},{every.pk}"})
    assert [icon for _href, icon in side()] == ["trophy", "table-2"]
    people.clients.ann.post(f"/dashboards/{made.pk}/pin", {"on": "0"})
    assert len(side()) == 1


def test_the_api_gives_all_figures_with_the_rights_of_the_caller(people, every):
    make(COMPANY, name="One", owner=people.ann.pk)
    make(COMPANY, name="Two", owner=people.eva.pk)
    secret = view(COMPANY, "Takeover targets", people.actors.eva)
    made = board(people.actors.eva, tile("figure", every), tile("list", every), tile("figure", secret, id="s", title="Takeover"), tile("chart", every, by="status", id="c"), name="All", is_public=True)  # fmt: skip
    ann = people.clients.ann.get(f"/api/v1/dashboards/{made.pk}/data").json()["tiles"]
    eva = people.clients.eva.get(f"/api/v1/dashboards/{made.pk}/data").json()["tiles"]
    assert [one["state"] for one in ann] == ["ok", "ok", "hidden", "ok"] and ann[2]["title"] is None
    assert (ann[0]["figure"]["value"], eva[0]["figure"]["value"]) == (1, 2)
    assert people.clients.ann.get(ann[0]["figure"]["records"]).json()["count"] == 1
    assert [one["title"] for one in ann[1]["list"]["results"]] == ["One"] and ann[3]["table"]["measures"][0][
        "kind"
    ] == "number"
    assert people.clients.ann.get(ann[1]["list"]["records"]).json()["count"] == 1
    assert people.clients.ann.get(f"/api/v1/dashboards/{made.pk}/data?period=x").status_code == 400
    own = board(people.actors.eva, name="Own")
    assert people.clients.ann.get(f"/api/v1/dashboards/{own.pk}/data").status_code == 404


def test_files_carry_it_with_its_views_by_name_and_leave_out_what_belongs_here_only(people, every):
    own = view(COMPANY, "Only hers", people.actors.eva)
    made = board(people.actors.eva, tile("figure", every), name="Carried", is_public=True)
    board(people.actors.eva, tile("figure", own), name="Left", is_public=True)
    board(people.actors.eva, tile("figure", every), name="Private")
    files, left = applying.export(Scope())
    text = files["dashboards.yaml"]
    assert (
        "Carried" in text
        and "Left" not in text
        and "Private" not in text
        and str(every.pk) not in text
        and "All companies" in text
    )
    assert any("Left" in line for line in left)
    writes.delete(SYSTEM, registry.get(KIND), [made.pk])
    found = applying.apply(SYSTEM, Scope(), files)
    assert found.problems == [] and found.counts == {"add": 1, "change": 0, "remove": 0}
    again = registry.get(KIND).rows(SYSTEM).get(name="Carried")
    assert again.tiles == made.tiles and applying.export(Scope())[0] == files


def test_a_token_or_reader_without_the_right_to_the_records_gets_no_figure(people, every):
    made = board(
        people.actors.eva, tile("figure", every), tile("list", every), tile("board", every), name="All", is_public=True
    )
    found = people.clients.max.get(f"/api/v1/dashboards/{made.pk}/data").json()["tiles"]
    assert [(one["state"], set(one)) for one in found] == [("hidden", {"id", "kind", "state", "problem", "title"})] * 3
    with pytest.raises(Missing):
        from kith.core import access

        access.fetch(registry.get(KIND), people.actors.max, board(people.actors.eva, name="Own").pk)


@pytest.mark.parametrize("text", [r'{"id": "a", "kind": "note", "title": "\ud800"}', "[" * 5000, "{"])
def test_what_is_no_json_is_refused_by_every_part_of_the_editor(people, text):
    mine = board(people.actors.ann, name="Mine")
    here = f"/dashboards/{mine.pk}"
    assert people.clients.ann.post(f"{here}/preview", {"tile": text}).status_code == 422
    assert people.clients.ann.post(f"{here}/arrange", {"tile": text}).status_code == 422
    assert people.clients.ann.get(f"{here}/tile-form", {"tile": text}).status_code == 422
    assert stored(mine).tiles == [] and stored(mine).version == 1
