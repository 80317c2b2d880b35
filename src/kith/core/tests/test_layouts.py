"""Layouts: differences from the declaration, whose holds for whom, what they never hide, and that they give no right."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from kith.core import axes, custom_fields, layouts, writes
from kith.core.access import SYSTEM, readable
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.layout_deltas import Drawn, differences
from kith.core.layouts import Laid, arranged
from kith.core.testing.people import fresh, make_group, make_people
from kith.core.ui import cards
from kith.core.views import from_address

pytestmark = pytest.mark.django_db
COMPANY = "parties.company"


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def company(people):
    return writes.create(SYSTEM, registry.get(COMPANY), {"name": "Halden Paper", "owner": people.ann.pk, "website": "halden.example"})  # fmt: skip


def lay(pieces, subject=None, label=COMPANY, **more):
    values = {"entity": label, "pieces": pieces, "subject": subject, **more}
    return writes.create(SYSTEM, registry.get("core.layout"), values)


def shown(user, label=COMPANY):
    return layouts.of(registry.get(label), fresh(user))


def test_new_names_follow_the_one_before_them():
    assert arranged("abc", []) == ("a", "b", "c")
    assert arranged("abc", ["c", "a"]) == ("c", "a", "b")
    assert arranged("anbc", ["c", "b", "a"]) == ("c", "b", "a", "n")
    assert arranged("nabc", ["c", "a", "b"]) == ("n", "c", "a", "b")
    assert arranged("abc", ["gone", "b"]) == ("a", "b", "c")


def test_without_a_layout_the_declaration_holds(people):
    entity = registry.get(COMPANY)
    laid = shown(people.ann)
    assert (laid.sections, laid.columns, laid.strip, laid.card) == (entity.form_sections, entity.list_columns, entity.strip, entity.card_fields)  # fmt: skip
    assert laid.keyed("related", ["a", "b"]) == ("a", "b")


def test_the_closest_group_wins_then_groups_around_it_then_roles_then_everybody(people):
    inner = make_group("Inner", people.ann, is_team=False)
    outer = make_group("Outer", inner, is_team=False)
    role = people.roles.own
    chosen = [None, f"access.role/{role.pk}", f"access.group/{outer.pk}", f"access.group/{inner.pk}"]
    for at, subject in enumerate(chosen):
        lay({"columns": {"order": [], "hidden": [], "added": [registry.get(COMPANY).title]}, "sections": {"titles": {"x-mark": {"en": str(at)}}}}, subject)  # fmt: skip
        assert shown(people.ann).pieces["sections"]["titles"]["x-mark"]["en"] == str(at)
    # Tom has neither of these groups nor that role: the one for everybody.
    assert shown(people.tom).pieces["sections"]["titles"]["x-mark"]["en"] == "0"


def test_a_field_is_hidden_moved_and_ordered_and_a_new_one_appears(people):
    entity = registry.get(COMPANY)
    first, second = list(Laid(entity).declared)[:2]
    names = [name for name, key in Laid(entity).home.items() if key == first]
    mover, hidden = names[-1], names[-2]
    lay({"fields": {"hidden": [hidden], "moved": {mover: second}, "order": {second: [mover]}}, "sections": {"order": [second, first]}})  # fmt: skip
    laid = shown(people.ann)
    sections = laid.sections
    assert sections[0].names[0] == mover
    assert laid.placed[0].key == second
    assert laid.placed[-1].key == first
    assert sections[-1].names == tuple(name for name in names if name not in (mover, hidden))
    every = {name for section in sections for name in section.names}
    assert every == set(Laid(entity).home) - {hidden}
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": COMPANY, "label": "Fax number", "kind": "phone"})  # fmt: skip
    assert "x_fax_number" in {name for section in shown(people.ann).sections for name in section.names}


def test_what_a_layout_names_and_is_gone_is_passed_over():
    entity = registry.get(COMPANY)
    laid = Laid(entity, {"fields": {"hidden": ["gone"], "moved": {"website": "gone-section"}, "order": {"gone-section": ["website"]}}, "columns": {"added": ["gone"], "order": ["gone"]}, "strip": {"hidden": ["gone"]}})  # fmt: skip
    assert [section.names for section in laid.sections] == [section.names for section in entity.form_sections]
    assert laid.columns == entity.list_columns


def test_what_a_record_needs_is_refused_to_be_hidden_and_shown_anyway(people):
    with pytest.raises(Refused) as refused:
        lay({"fields": {"hidden": ["name"]}})
    text = str(refused.value.errors["pieces"][0])
    assert "cannot be hidden: no company can be created without it" in text
    assert registry.get("core.layout").rows(SYSTEM).count() == 0
    laid = Laid(registry.get(COMPANY), {"fields": {"hidden": ["name"]}})
    assert "name" in laid.sections[0].names


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([], "A layout is an object"),
        ({"colours": {}}, "A layout has no “colours”"),
        ({"fields": {"shown": []}}, "“fields” is an object with some of"),
        ({"columns": {"order": "name"}}, "holds names"),
        ({"columns": {"order": [7]}}, "holds names"),
        ({"columns": {"order": [["name"]]}}, "“columns.order” holds names"),
        ({"related": {"hidden": [{"a": "b"}]}}, "“related.hidden” holds names"),
        ({"fields": {"hidden": [["name"]]}}, "“fields.hidden” holds names"),
        ({"fields": {"moved": {"website": ["basics"]}}}, "“fields.moved” holds names"),
        ({"fields": {"order": {"basics": [["website"]]}}}, "“fields.order” holds names"),
        ({"fields": {"order": {"basics": "website"}}}, "“fields.order” holds names"),
        ({"sections": {"titles": {"x-a": {"en": ["text"]}}}}, "is a text by language"),
        ({"fields": {"hidden": ["bogus"]}}, "Unknown fields: bogus"),
        ({"strip": {"added": ["bogus"]}}, "Unknown fields: bogus"),
        ({"fields": {"moved": {"website": "nowhere"}}}, "Unknown sections: nowhere"),
        ({"sections": {"titles": {"x-a": "text"}}}, "is a text by language"),
        ({"sections": {"titles": {"x-a": {"en": " "}}}}, "is a text by language"),
    ],
)
def test_nonsense_is_refused_by_name(people, pieces, words):
    with pytest.raises(Refused) as refused:
        lay(pieces)
    assert words in " ".join(str(text) for text in refused.value.errors["pieces"])
    assert registry.get("core.layout").rows(SYSTEM).count() == 0


def test_it_is_for_a_group_a_role_or_everybody_and_once(people, company):
    with pytest.raises(Refused):
        lay({}, f"parties.company/{company.pk}")
    lay({})
    with pytest.raises(Refused, match="There is such a layout already"):
        lay({})


def test_only_who_may_change_settings_writes_one(people):
    with pytest.raises(Forbidden):
        writes.create(people.actors.tom, registry.get("core.layout"), {"entity": COMPANY, "pieces": {}})
    assert registry.get("core.layout").rows(SYSTEM).count() == 0


def test_pages_follow_it_and_rights_stay_above(people, company):
    lay({"fields": {"hidden": ["website"]}, "columns": {"hidden": ["status"], "added": ["website"]}, "strip": {"added": ["website"]}})  # fmt: skip
    client = people.clients.ann
    html = client.get(f"/companies/{company.pk}/").text
    assert 'id="field-website"' not in html
    assert 'name="website"' not in client.get(f"/companies/{company.pk}/edit").text
    heads = client.get("/companies/").text.split("<thead")[1].split("</thead>")[0]
    assert 'data-column="website"' in heads
    assert 'data-column="status"' not in heads
    policy = {"role": people.roles.own.pk, "entity": COMPANY, "field": "website", "level": "none"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    assert 'data-column="website"' not in client.get("/companies/").text


def test_hidden_is_no_secret_on_other_doors(people, company):
    lay({"fields": {"hidden": ["website"]}})
    assert "halden.example" in people.clients.ann.get(f"/api/v1/companies/{company.pk}").text


def test_related_lists_are_hidden_and_ordered(people, company):
    keys = [item.key for item in registry.get(COMPANY).related]
    lay({"related": {"hidden": [keys[0]], "order": [keys[2], keys[1]]}})
    html = people.clients.eva.get(f"/companies/{company.pk}/").text
    assert f"tab={keys[0]}" not in html
    assert html.index(f"tab={keys[2]}") < html.index(f"tab={keys[1]}")
    # The list itself still answers under its address: a layout is no right.
    assert people.clients.eva.get(f"/companies/{company.pk}/?tab={keys[0]}").status_code == 200


def test_the_view_of_a_layout_opens_first_and_a_choice_of_ones_own_before_it(people, company):
    views = registry.get("core.view")
    sales = make_group("Sales", people.ann, is_team=False)
    common = {"entity": COMPANY, "filter": {}, "columns": ["name", "city"]}
    private = writes.create(people.actors.eva, views, {**common, "name": "Mine"})
    with pytest.raises(Refused, match="Not all of them see this view"):
        lay({}, view=private.pk)
    tasks = writes.create(SYSTEM, views, {"entity": "activities.task", "name": "Tasks", "is_public": True})
    with pytest.raises(Refused, match="This view shows other records"):
        lay({}, view=tasks.pk)
    shared = writes.create(people.actors.eva, views, {**common, "name": "Of sales", "shared_with": [sales.pk]})
    lay({}, f"access.group/{sales.pk}", view=shared.pk)
    page = people.clients.ann.get("/companies/").text
    assert 'data-column="city"' in page.split("<thead")[1].split("</thead>")[0]
    assert f'href="/companies/?view={shared.pk}" aria-current="page"' in page
    assert 'href="/companies/?view=all"' in page
    assert f"view={shared.pk}" not in people.clients.tom.get("/companies/").text
    own = writes.create(fresh(people.ann), views, {**common, "name": "Own", "columns": ["name"], "is_default": True})
    assert f'href="/companies/?view={own.pk}" aria-current="page"' in people.clients.ann.get("/companies/").text


def test_what_is_drawn_is_kept_as_differences_and_drawn_the_same_again():
    entity = registry.get(COMPANY)
    plain = Laid(entity)
    drawn = Drawn(
        [(one.key, list(one.names)) for one in plain.placed], shown=set(plain.home),
        flat={place: (list(plain.flat(place)), set(plain.flat(place))) for place in layouts.FLAT}, keyed={"related": (["a", "b"], ["a", "b"], {"a", "b"})},
    )  # fmt: skip
    assert differences(entity, drawn) == {}
    drawn.sections = [("x-own", ["website"]), *((key, [name for name in names if name != "website"]) for key, names in reversed(drawn.sections))]  # fmt: skip
    drawn.titles = {"x-own": {"en": "Web", "ru": "Сеть"}, "x-empty": {"en": "Nothing"}}
    drawn.shown.discard("description")
    drawn.flat["columns"] = (["city", "name"], {"city", "name"})
    drawn.keyed["related"] = (["a", "b"], ["b", "a"], {"b"})
    made = differences(entity, drawn)
    laid = Laid(entity, made)
    assert laid.sections[0].names == ("website",)
    assert (str(laid.sections[0].title), laid.hidden) == ("Web", frozenset({"description"}))
    assert [one.key for one in laid.placed] == [key for key, _names in drawn.sections]
    assert [list(one.names) for one in laid.placed] == [names for _key, names in drawn.sections]
    assert laid.columns == ("city", "name")
    assert laid.keyed("related", ["a", "b"]) == ("b",)
    assert laid.keyed("related", ["a", "new", "b"]) == ("b", "new")


def test_undo_takes_a_layout_back_everywhere(people):
    layout = lay({"strip": {"hidden": list(registry.get(COMPANY).strip)}})
    assert shown(people.ann).strip == ()
    writes.delete(SYSTEM, registry.get("core.layout"), [layout.pk])
    assert shown(people.ann).strip == registry.get(COMPANY).strip
    assert custom_fields.remembered("layouts", layouts.load) == {}


def test_cards_of_a_board_follow_it_unless_columns_are_chosen(people):
    entity = registry.get("activities.task")
    shown_first = next(name for name in entity.card_fields if name != "status")
    lay(
        {"card": {"hidden": [shown_first], "added": ["created_at"], "order": ["created_at", *entity.card_fields]}},
        label=entity.label,
    )
    actor = fresh(people.ann)

    def names(query):
        axis = axes.axis_of(from_address(entity, actor, QueryDict(query), shape="board"), actor)
        return [spec.name for spec in cards.specs_of(axis, readable(actor, entity))]

    assert names("")[0] == "created_at"
    assert shown_first not in names("")
    assert names("cols=name,owner") == ["owner"]


def test_a_page_asks_no_query_for_layouts(people, company):
    client, address = people.clients.ann, f"/companies/{company.pk}/"
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    lay({"fields": {"hidden": ["website"]}}, f"access.role/{people.roles.own.pk}")
    client.get(address)
    with CaptureQueriesContext(connection) as after:
        assert 'id="field-website"' not in client.get(address).text
    assert len(after) <= len(before)
