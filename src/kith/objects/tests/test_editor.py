"""The editor of objects over HTTP: makes, changes, refuses by field, adds and removes links, lets only administrators in."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory

from .making import KINDS, kind_of, make_object

pytestmark = pytest.mark.django_db
GIVEN = {
    "name.en": "machine", "name.ru": "станок", "name.zh-hans": "机床", "plural.en": "machines", "plural.ru": "станки", "plural.zh-hans": "机床", "key": "", "slug": "",
    "icon": "gauge", "hue": "teal", "menu": "customers", "menu_order": "30", "has_owner": "on", "has_timeline": "on", "has_process": "on", "in_search": "on", "is_active": "on",
    "day_name.en": "next service", "day_name.ru": "следующее ТО", "link": ["0", "1"], "link.0.target": "parties.company", "link.0.label.en": "", "link.1.target": "parties.person",
    "link.1.label.en": "operator", "link.1.label.ru": "оператор", "link.1.required": "on",
}  # fmt: skip


def kinds():
    return registry.get(KINDS).rows(SYSTEM)


def test_an_object_is_made_and_there_at_once(people):
    eva = people.clients.eva
    assert eva.get("/settings/objects/new").status_code == 200
    answer = eva.post("/settings/objects/new", GIVEN)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/settings/objects/machine/edit")
    row = kinds().get()
    assert (row.key, row.slug, row.name, row.translations) == (
        "machine",
        "machines",
        "machine",
        {"ru": "станок", "zh-hans": "机床"},
    )
    assert row.plural_translations == {"ru": "станки", "zh-hans": "机床"} and row.day_translations == {
        "ru": "следующее ТО"
    }
    assert row.links == [
        {"name": "company", "slot": 1, "target": "parties.company", "label": "", "translations": {}, "required": False},
        {"name": "person", "slot": 2, "target": "parties.person", "label": "operator", "translations": {"ru": "оператор"}, "required": True},
    ]  # fmt: skip
    for address in ("/machines/", "/machines/new", "/machines/board", "/settings/objects/machine/edit", "/settings/objects/objects.machine/edit"):  # fmt: skip
        assert eva.get(address).status_code == 200, address
    assert registry.get("objects.machine").field("person").required
    assert 'href="/machines/"' in eva.get("/").content.decode()


def test_the_new_button_of_the_list_leads_there(people):
    answer = people.clients.eva.get("/custom-objects/new", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/settings/objects/new"
    assert "object-form" in people.clients.eva.get("/custom-objects/new").content.decode()


def test_it_is_changed_and_a_stale_page_is_told(people):
    machine = make_object()
    row, eva = kind_of(machine), people.clients.eva
    page = eva.get("/settings/objects/machine/edit").content.decode()
    assert 'value="machine"' in page and "станок" in page
    given = GIVEN | {"name.en": "tool", "slug": "tools", "version": str(row.version), "has_process": "", "link": ["0"], "link.0.name": "company"}  # fmt: skip
    assert eva.post("/settings/objects/machine/edit", given).status_code == 302
    changed = kind_of(machine)
    assert (changed.name, changed.slug, [link["name"] for link in changed.links]) == ("tool", "tools", ["company"])
    assert eva.post("/settings/objects/machine/edit", given | {"name.en": "device"}).status_code == 409
    assert kind_of(machine).name == "tool"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name.en": "", "name.ru": "", "name.zh-hans": ""}, "f-name-en-err"),
        ({"slug": "companies"}, "f-slug-err"),
        ({"key": "Ä"}, "f-key-err"),
        ({"icon": "nothing"}, "There is no such icon"),
        ({"hue": ""}, "Not one of the choices"),
        ({"menu_order": "first"}, "f-menu_order-err"),
        ({"menu_order": "9" * 60}, "f-menu_order-err"),
        ({"menu": "nowhere"}, "f-menu-err"),
        ({"link.0.target": "parties.nothing"}, "is no kind of record that a link can lead to"),
        ({"name.en": "a\x00b"}, "f-name-en-err"),
        ({"day_name.ru": "x" * 1000}, "err"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(people, values, told):
    answer = people.clients.eva.post("/settings/objects/new", GIVEN | values)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert kinds().count() == 0


def test_a_name_in_one_language_is_enough(people):
    given = {name: text for name, text in GIVEN.items() if not name.startswith(("name.", "plural."))}
    answer = people.clients.eva.post("/settings/objects/new", given | {"name.ru": "станок", "plural.ru": "станки"})
    assert answer.status_code == 302
    assert (kinds().get().key, kinds().get().name, kinds().get().translations) == ("stanok", "станок", {})
    assert people.clients.eva.get("/stanki/").status_code == 200


def test_links_come_and_go_without_being_stored(people):
    eva = people.clients.eva
    more = eva.post("/settings/objects/links", GIVEN).content.decode()
    assert more.count("<fieldset") == 3 and 'value="operator"' in more
    less = eva.post("/settings/objects/links", GIVEN | {"remove": "0"}).content.decode()
    assert less.count("<fieldset") == 1 and 'value="operator"' in less
    assert kinds().count() == 0


def test_only_who_may_change_the_settings_gets_in(people):
    make_object()
    for name in ("tom", "max"):
        client = getattr(people.clients, name)
        assert client.get("/settings/objects/new").status_code == 403
        assert client.post("/settings/objects/new", GIVEN).status_code == 403
        assert client.get("/settings/objects/machine/edit").status_code == 403
        assert client.post("/settings/objects/machine/edit", GIVEN).status_code == 403
        assert client.post("/settings/objects/links", GIVEN).status_code == 403
    assert people.clients.eva.get("/settings/objects/nothing/edit").status_code == 404
    assert [row.name for row in kinds()] == ["machine"]


def test_why_it_cannot_be_deleted_is_told_and_that_it_can(people):
    machine = make_object()
    eva = people.clients.eva
    assert 'object-delete"' in eva.get("/settings/objects/machine/edit").content.decode()
    record = factory.make(machine)
    page = eva.get("/settings/objects/machine/edit").content.decode()
    assert "has 1 record, the trash included" in page and 'id="object-delete"' not in page
    assert eva.post(f"/custom-objects/{kind_of(machine).pk}/delete").status_code == 422
    writes.delete(SYSTEM, machine, [record.pk])
    writes.purge(SYSTEM, machine, list(machine.rows(SYSTEM, trashed=True)))
    assert eva.post(f"/custom-objects/{kind_of(machine).pk}/delete").status_code == 302
    assert registry.find("objects.machine") is None


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_it_speaks_the_readers_language(people, language):
    make_object(has_process=True)
    writes.save(SYSTEM, people.eva, {"language": language})
    page = people.clients.eva.get("/settings/objects/machine/edit").content.decode()
    words = {
        "ru": ("Станок", "Возможности", "следующее ТО", "Добавить связь"),
        "zh-hans": ("机床", "功能", "下次保养", "添加链接"),
    }[language]
    for word in words:
        assert word in page or word.lower() in page, word
