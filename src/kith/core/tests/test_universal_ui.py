"""Every entity on every page: with the right, without it, with a row limit; forms against bad input; three languages."""

import itertools
import re
from collections import defaultdict

import pytest

from kith.core import writes
from kith.core.access import SYSTEM, allowed
from kith.core.entity import registry
from kith.core.ledger import AuditEvent, Change
from kith.core.testing import factory, looks

pytestmark = pytest.mark.django_db
ENTITIES = [entity.label for entity in registry if not entity.access.faces]
UPLOADED = {"activities.attachment"}  # made by an upload, not by a form
FORMS = [label for label in ENTITIES if label not in UPLOADED]
OWNED = [
    label
    for label in FORMS
    if "owner" in registry.get(label).access.own
    and "owner" in registry.get(label).declared
    and not registry.get(label).access.public
]
RECORD_PAGES = ("", "edit", "peek", "timeline", "history")
BAD_TEXT = {
    "NUL": "a\x00b",
    "1 MB": "x" * 1_000_001,
    "words": "☃ no such thing ☃",
    "huge": "9" * 60,
    "script": "javascript:alert(1)",
    "markup": "<script>alert(1)</script>",
    "formula": "=1+1",
}


def pages(entity, key):
    return [f"/{entity.slug}/{key}/{part}" for part in RECORD_PAGES if part != "timeline" or entity.has_timeline]


def text_of(answer):
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def edited_in_place(entity):
    """Fields whose editor is asked for alone: one of each type (the form, asked for as well, holds them all); all with KITH_LONG=1."""
    if looks.is_long():
        return list(entity.fields)
    types = defaultdict(list)
    for name, spec in entity.fields.items():
        types[spec.type.name].append(name)
    return [looks.chosen(names, entity.label, kind) for kind, names in types.items()]


LANGUAGES = {"ru": "ru", "zh-hans": "zh-Hans"}
READ = ("", "{key}/", "new")
ENGLISH = r"\b(?:Save|Delete|Details|Filter|Columns|History|Cancel|New view|Related|Planned|Past)\b"


def read_in(label):
    """In which language each page of a kind of record is read: in turns, so that each kind is read in both; all in both with KITH_LONG=1."""
    if looks.is_long():
        return [*itertools.product(READ, LANGUAGES)]
    turn = itertools.cycle(looks.chosen([("ru", "zh-hans"), ("zh-hans", "ru")], label))
    return list(zip(READ, turn, strict=False))


@pytest.mark.parametrize("label", FORMS)
def test_with_the_right_every_page_answers_in_the_readers_language(people, label):
    entity, eva = registry.get(label), people.clients.eva
    record = factory.make(entity, full=True)
    for language, group in itertools.groupby(sorted(read_in(label), key=lambda one: one[1]), lambda one: one[1]):
        writes.save(SYSTEM, people.eva, {"language": language})
        for part, _language in group:
            address = f"/{entity.slug}/{part.format(key=record.pk)}"
            answer = eva.get(address)
            page = text_of(answer)
            assert answer.status_code == 200, (address, page[:500])
            assert f'lang="{LANGUAGES[language]}"' in page, address
            words = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
            assert re.findall(ENGLISH, words) == [], address
    others = [address for address in pages(entity, record.pk) if not address.endswith(f"{record.pk}/")]
    for address in [f"/{entity.slug}/lookup?q={str(record)[:6]}", f"/{entity.slug}/export?format=csv", *others]:
        answer = eva.get(address)
        assert answer.status_code == 200, (address, text_of(answer)[:500])
        text_of(answer)
    for name in edited_in_place(entity):
        assert eva.get(f"/{entity.slug}/{record.pk}/field/{name}").status_code in (200, 403), name
    kinds = set(AuditEvent.objects.filter(entity=label, origin="ui").values_list("kind", flat=True))
    assert {"list", "view", "export"} <= kinds


def test_each_kind_of_record_and_of_page_is_read_in_both_languages(monkeypatch):
    monkeypatch.delenv("KITH_LONG", raising=False)
    taken = {(label, *one) for label in FORMS for one in read_in(label)}
    assert {(label, language) for label, _part, language in taken} == {*itertools.product(FORMS, LANGUAGES)}
    assert {(part, language) for _label, part, language in taken} == {*itertools.product(READ, LANGUAGES)}
    assert {(label, part) for label, part, _language in taken} == {*itertools.product(FORMS, READ)}
    monkeypatch.setenv("KITH_LONG", "1")
    assert {*read_in(FORMS[0])} == {*itertools.product(READ, LANGUAGES)}


@pytest.mark.parametrize("label", FORMS)
def test_without_the_right_hidden_is_missing(people, label):
    entity, max_ = registry.get(label), people.clients.max
    record = factory.make(entity)
    before = Change.objects.filter(record_id=record.pk).count()
    public = allowed(people.actors.max, entity, "view") and entity.rows(people.actors.max).filter(pk=record.pk).exists()
    for address in pages(entity, record.pk):
        status = max_.get(address).status_code
        assert status in ((200, 403) if public else (404,)), (address, status)
    absent = "01a20c55-fb95-7d3d-ac67-8b4a387dad17"
    if not public:
        hidden, missing = (
            re.sub(r"[0-9a-f]{32}|[0-9a-f-]{36}", "", text_of(max_.get(f"/{entity.slug}/{key}/")))
            for key in (record.pk, absent)
        )
        assert hidden == missing
    assert max_.get(f"/{entity.slug}/export?format=csv").status_code in (403, 404)
    assert max_.post(f"/{entity.slug}/{record.pk}/field/{entity.title}", {"value": "x"}).status_code in (403, 404, 405)
    assert max_.post(f"/{entity.slug}/bulk/delete", {"ids": str(record.pk)}).status_code in (200, 204, 403, 404)
    assert entity.rows(SYSTEM).filter(pk=record.pk, version=record.version).exists()
    assert Change.objects.filter(record_id=record.pk).count() == before


@pytest.mark.parametrize("label", OWNED)
def test_with_a_row_limit_only_own_rows_are_shown(people, label):
    entity, ann = registry.get(label), people.clients.ann
    hers, other = factory.make(entity, owner=str(people.ann.pk)), factory.make(entity, owner=str(people.tom.pk))
    page = text_of(ann.get(f"/{entity.slug}/"))
    assert str(hers.pk) in page and str(other.pk) not in page
    assert str(other.pk) not in text_of(ann.get(f"/{entity.slug}/lookup?q={str(other)[:8]}"))
    assert str(other.pk) not in text_of(ann.get(f"/palette?q={str(other)[:8]}"))
    exported = text_of(ann.get(f"/{entity.slug}/export?format=json"))
    assert str(other) not in exported
    assert [ann.get(address).status_code for address in pages(entity, other.pk)] == [404] * len(pages(entity, other.pk))


def typed_into(entity):
    """Fields of a form that take text."""
    without = ("file", "boolean", "choices", "tags", "ref")
    fields = entity.declared.values()
    return [spec for spec in fields if spec.editable and spec.columns and spec.type.name not in without]


def bad_texts():
    """What is typed into the form of each kind: every text into each type of field somewhere, one at least into each form; all with KITH_LONG=1."""
    chosen, met = {}, set()
    for label in FORMS:
        types = {spec.type.name for spec in typed_into(registry.get(label))}
        new = [name for name in BAD_TEXT if not met.issuperset(itertools.product(types, [name]))]
        chosen[label] = [*BAD_TEXT] if looks.is_long() else new or [looks.chosen([*BAD_TEXT], label)]
        met.update(itertools.product(types, chosen[label]))
    return chosen


@pytest.mark.parametrize("label", FORMS)
def test_a_form_saves_and_refuses_bad_input_by_name(people, label):
    entity, eva = registry.get(label), people.clients.eva
    record = factory.make(entity)
    for name in bad_texts().get(label, [*BAD_TEXT]):
        before = Change.objects.filter(record_id=record.pk).count()
        answer = eva.post(
            f"/{entity.slug}/{record.pk}/edit", {spec.name: BAD_TEXT[name] for spec in typed_into(entity)}
        )
        assert answer.status_code in (400, 413, 422), (name, answer.status_code)
        assert Change.objects.filter(record_id=record.pk).count() == before, name
        assert "<script>alert(1)</script>" not in text_of(answer)
    assert entity.rows(SYSTEM).filter(pk=record.pk, version=record.version).exists()


def test_every_bad_text_meets_each_type_of_field_and_every_form_one(monkeypatch):
    monkeypatch.delenv("KITH_LONG", raising=False)
    chosen = bad_texts()
    types = {label: {spec.type.name for spec in typed_into(registry.get(label))} for label in FORMS}
    met = {pair for label in FORMS for pair in itertools.product(types[label], chosen[label])}
    assert met == {*itertools.product({kind for each in types.values() for kind in each}, BAD_TEXT)}
    assert [*chosen] == FORMS and all(chosen.values())
    monkeypatch.setenv("KITH_LONG", "1")
    assert all(names == [*BAD_TEXT] for names in bad_texts().values())
