"""What a layout calls fields: in which languages, for whom, on which pages, and that programs keep the keys; tabs and blocks of apps."""

import csv
import io

import pytest

from kith.core import layouts, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange.guess import headers
from kith.core.testing.people import fresh

from .test_layout_page import form_of, pieces, sent

pytestmark = pytest.mark.django_db
COMPANY, PAGE = "parties.company", "/settings/layouts/companies"
CALLED = {
    "labels": {"website": {"en": "home on the web", "ru": "дом в сети"}},
    "helps": {"website": {"en": "Where customers read about them."}},
}


@pytest.fixture
def company(people):
    return writes.create(SYSTEM, registry.get(COMPANY), {"name": "Halden Paper", "owner": people.ann.pk, "website": "halden.example"})  # fmt: skip


def lay(pieces, subject=None):
    return writes.create(SYSTEM, registry.get("core.layout"), {"entity": COMPANY, "pieces": pieces, "subject": subject})


def test_pages_call_the_field_so_for_those_the_layout_is_for(people, company):
    lay({"words": CALLED}, f"access.role/{people.roles.own.pk}")
    ann, tom = people.clients.ann, people.clients.tom
    pages = (
        f"/companies/{company.pk}/",
        f"/companies/{company.pk}/edit",
        "/companies/?cols=name,website",
        "/companies/filter?field=website",
    )
    for page in pages:
        assert "Home on the web" in ann.get(page).text, page
        assert "Home on the web" not in tom.get(page).text, page
    assert "Where customers read about them." in ann.get(pages[1]).text
    assert "Where customers read about them." not in tom.get(pages[1]).text


def test_it_speaks_the_language_of_the_reader_and_else_what_is_declared(people, company):
    lay({"words": CALLED})
    address = f"/companies/{company.pk}/"
    for language, words, others in (("ru", "Дом в сети", "Сайт"), ("zh-hans", "网站", "Home on the web")):
        writes.save(SYSTEM, people.ann, {"language": language})
        html = people.clients.ann.get(address).text
        assert words in html
        assert others not in html


def test_programs_keep_what_is_declared_and_files_say_what_the_list_says(people, company):
    declared = str(registry.get(COMPANY).fields["website"].label)
    lay({"words": CALLED})
    document = people.clients.ann.get("/api/v1/openapi.json").text
    assert "home on the web" not in document
    assert people.clients.ann.get(f"/api/v1/companies/{company.pk}").json()["website"] == "https://halden.example"
    file = people.clients.ann.get("/companies/export?format=csv&cols=name,website")
    text = b"".join(file.streaming_content).decode("utf-8-sig") if file.streaming else file.content.decode("utf-8-sig")
    (heads, *rows) = csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ",")
    assert "Home on the web" in heads
    assert rows[0][heads.index("Home on the web")].endswith("halden.example")
    found = headers(registry.get(COMPANY).fields["website"])
    assert declared in found


def test_what_nothing_is_called_costs_nothing(people):
    entity = registry.get(COMPANY)
    plain = entity.fields["website"]
    layout = lay({"words": CALLED})
    assert entity.fields["website"] is not plain
    assert entity.fields["name"] is entity.declared["name"]
    assert registry.get("parties.person").fields["name"] is registry.get("parties.person").declared["name"]
    writes.delete(SYSTEM, registry.get("core.layout"), [layout.pk])
    assert entity.fields["website"] is plain


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"labels": {"gone": {"en": "X"}}}, "Unknown fields: gone."),
        ({"labels": {"website": {"fr": "Site"}}}, "The labels of “website” are texts by language"),
        ({"labels": {"website": {"en": " "}}}, "The labels of “website” are texts by language"),
        ({"labels": {"website": {"en": "x" * 81}}}, "of at most 80 characters"),
        ({"helps": {"website": "x"}}, "The helps of “website” are texts by language"),
        ({"helps": {"website": {"en": "x" * 301}}}, "of at most 300 characters"),
        ({"titles": {}}, "“words” is an object with some of: labels, helps."),
    ],
)  # fmt: skip
def test_nonsense_is_refused(people, words, said):
    with pytest.raises(Refused) as refused:
        lay({"words": words})
    assert said in str(refused.value.errors["pieces"])
    assert pieces() == []


def test_the_editor_keeps_and_shows_the_words_and_drops_what_is_declared(people, company):
    pairs = form_of(people.clients.eva.get(PAGE).text)
    words = {
        "labels.website.en": " Home on  the web ",
        "labels.website.ru": "Дом в сети",
        "labels.city.en": "City",
        "helps.website.zh-hans": "客户在此了解他们",
        "labels.gone.en": "X",
    }
    preview = people.clients.eva.post(f"{PAGE}/preview", sent(pairs, **words)).text
    assert "Home on the web" in preview
    people.clients.eva.post(PAGE, sent(pairs, **words))
    kept = {
        "words": {
            "labels": {"website": {"en": "Home on the web", "ru": "Дом в сети"}},
            "helps": {"website": {"zh-hans": "客户在此了解他们"}},
        }
    }
    assert pieces() == [kept]
    page = people.clients.eva.get(PAGE).text
    assert '<span data-called="Website">Home on the web</span>' in page
    people.clients.eva.post(PAGE, sent(form_of(page)))
    assert pieces() == [kept]
    people.clients.eva.post(PAGE, sent([pair for pair in form_of(page) if not pair[0].startswith("labels.")]))
    assert pieces() == [{"words": {"helps": kept["words"]["helps"]}}]


def test_words_of_fields_that_the_editor_may_not_read_stay(people, company):
    lay({"words": CALLED})
    policy = {"role": people.roles.all.pk, "entity": COMPANY, "field": "website", "level": "none", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    page = people.clients.eva.get(PAGE).text
    assert "Home on the web" not in page
    people.clients.eva.post(PAGE, sent(form_of(page), **{"labels.website.en": "Mine"}))
    assert [kept["words"] for kept in pieces()] == [CALLED]


def test_tabs_and_blocks_of_apps_are_hidden_and_ordered_and_new_ones_appear(people, company):
    entity = registry.get(COMPANY)
    tabs, sides = ([panel.name for panel in entity.panels if panel.place == place] for place in ("tab", "side"))
    assert len(tabs) > 2
    lay({"tabs": {"hidden": [tabs[0], "gone"], "order": [tabs[2], tabs[1]]}, "sides": {"hidden": sides}})
    html = people.clients.eva.get(f"/companies/{company.pk}/").text
    shown = [name for name in tabs if f'id="tab-{name}"' in html]
    assert shown == tabs[1:]
    assert html.index(f'id="tab-{tabs[2]}"') < html.index(f'id="tab-{tabs[1]}"')
    assert layouts.of(entity, fresh(people.eva)).panels("sides") == ()
    # A layout is no right: the tab still answers under its address.
    assert people.clients.eva.get(f"/companies/{company.pk}/?tab={tabs[0]}").status_code == 200


def test_the_editor_keeps_what_is_drawn_of_tabs(people, company):
    pairs = form_of(people.clients.eva.get(PAGE).text)
    tabs = [value for name, value in pairs if name == "tabs"]
    turned = [*reversed(tabs)]
    people.clients.eva.post(PAGE, sent(pairs, {("tabs.shown", tabs[0])}, tabs=turned))
    assert pieces() == [{"tabs": {"hidden": [tabs[0]], "order": turned}}]
    again = form_of(people.clients.eva.get(PAGE).text)
    assert [value for name, value in again if name == "tabs"] == turned
    people.clients.eva.post(PAGE, sent(again))
    assert pieces() == [{"tabs": {"hidden": [tabs[0]], "order": turned}}]
