"""Arbitrary text never breaks: it is normalised, refused with a Problem, or left as typed."""

from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from kith.core.identity.company import company_key, company_sounds, split_legal_form
from kith.core.identity.countries import country_code
from kith.core.identity.keys import name_similarity, party_keys
from kith.core.identity.mails import normal_form, split_addresses
from kith.core.identity.matchkeys import shared_reasons
from kith.core.identity.naming import parse_name
from kith.core.identity.person import display, initials, short
from kith.core.identity.phones import format_for, normalise, phone_query, phone_search_forms
from kith.core.identity.problems import Problem
from kith.core.identity.searchquery import body_query, query_terms, tsquery
from kith.core.identity.searchtext import index_tokens
from kith.core.identity.skeleton import skeletons
from kith.core.identity.sortkeys import company_sort_key, person_key
from kith.core.identity.text import clean_text, fold
from kith.core.identity.urls import normalise_url, web_domain

LETTERS = "abcийёщіїґЁüßøłİ张偉欧阳トヨ'’\"«»-–.,;:()&+#@/\\~<>xх0123456789 \n\t\u0301\u200b"
TEXT = st.text(max_size=60) | st.text(LETTERS, max_size=60) | st.text(st.characters(), max_size=20)
STORED = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60) | st.text(LETTERS, max_size=60)
EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True, database=None)


@EXAMPLES
@given(TEXT)
def test_text(text):
    assert fold(fold(text)) == fold(text)
    assert all(skeletons(text))
    try:
        cleaned = clean_text(text)
    except Problem:
        return
    assert cleaned is None or (cleaned == cleaned.strip() and clean_text(cleaned) == cleaned)


@EXAMPLES
@given(STORED)
def test_names(text):
    name = parse_name(text)
    shown = display(name, "ru", official=True)
    assert bool(shown) == bool(name) == bool(clean_text(text))
    assert len(initials(name)) <= 8
    assert short(name) or not name or not name.family
    assert not person_key(name).startswith(" ")


@EXAMPLES
@given(STORED)
def test_companies(text):
    core = split_legal_form(text).core
    assert bool(core) == bool(text.split())
    assert bool(company_key(text)) == bool(text.split())
    assert all(company_sounds(text))
    assert company_key(text) == company_key(f"  {text} ")
    assert "\n" not in company_sort_key(text)


@EXAMPLES
@given(STORED, st.sampled_from(["", "RU", "DE", "CN", "BR", "MX", "US", "XX"]))
def test_phones(text, country):
    phone = normalise(text, country)
    assert phone.e164 == "" or (phone.e164[0] == "+" and phone.e164[1:].isdigit())
    assert normalise(phone.stored, country) == phone
    assert format_for(phone.stored, country) or not text.strip()
    assert all(form.isdigit() for form in phone_search_forms(phone.stored))


@EXAMPLES
@given(STORED)
def test_contacts(text):
    assert len(split_addresses(text)) <= text.count("@") + text.count("＠")
    web_domain(text)
    for read in (normal_form, normalise_url, country_code, phone_query):
        try:
            value = read(text)
        except Problem as problem:
            assert problem.key in Problem.KEYS
            continue
        assert value
        if read in (normal_form, normalise_url):
            assert read(value) == value


@EXAMPLES
@given(STORED, STORED)
def test_keys(one, other):
    for kind in ("person", "company"):
        keys = party_keys(
            kind, names=[one], emails=[one], phones=[one], tax_ids=[one], websites=[one], external_ids=[one]
        )
        again = party_keys(kind, names=[other])
        assert shared_reasons(keys, again) == shared_reasons(again, keys)
    assert 0 <= name_similarity(one, other) <= 1


@EXAMPLES
@given(TEXT, STORED)
def test_search(query, text):
    stored = index_tokens([text], bodies=[text], phones=[text], emails=[text])
    assert "" not in stored.search_text.split(" ") or not stored.search_text
    body_query(query).encode()
    asked = tsquery(query_terms(query))
    asked.encode()
    assert "\0" not in asked


def work_of(task):
    """Processor time of a task in units of a plain loop over a million numbers, which a slower machine needs longer for as well."""
    started = process_time()
    sum(number for number in range(1_000_000))
    unit = process_time() - started
    started = process_time()
    task()
    return (process_time() - started) / unit


def read_all(text):
    test_names.hypothesis.inner_test(text)
    test_companies.hypothesis.inner_test(text)
    test_phones.hypothesis.inner_test(text, "RU")
    test_contacts.hypothesis.inner_test(text)
    test_keys.hypothesis.inner_test(text, text[1:])
    test_search.hypothesis.inner_test(text, text)


def test_long_texts_take_no_more_than_their_length():
    for piece in (
        "a",
        "an",
        "x1 ",
        "<a",
        '"a',
        "a@b,",
        "1",
        "ООО ",
        "а",
        "张",
        "«",
        "a.",
        "(a)",
        "oo",
        "sch",
        "-",
        "ё\u0301",
        "1x",
    ):
        text = piece * 5000
        assert work_of(lambda text=text: read_all(text)) < 100, piece
