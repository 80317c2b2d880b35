"""What templates are given: texts, attributes, pieces that are the same for all."""

from collections.abc import Iterator

import pytest
from django.template import engines
from django.utils import translation
from markupsafe import Markup

from kith.core.ui.jinja import attributes, said


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_values_of_a_text_are_escaped_and_html_of_ours_is_not() -> None:
    assert said("Select %(what)s", what="<b>&") == "Select &lt;b&gt;&amp;"
    assert said("Select %(what)s", what=Markup("<b>Ann</b>")) == "Select <b>Ann</b>"
    assert said("Search: %(text)s", text=7) == "Search: 7"
    assert isinstance(said("Close"), Markup)


def test_a_text_follows_the_language() -> None:
    found = {}
    for language in ("en", "ru", "zh-hans", "en"):
        with translation.override(language):
            found[language] = said("Close")
    assert found["en"] == "Close" and len(set(found.values())) == 3


def test_attributes() -> None:
    assert (
        attributes(hx_get='/x?a="1"&b', data_close=True, hidden=False, id=None)
        == 'hx-get="/x?a=&#34;1&#34;&amp;b" data-close'
    )


def test_what_is_the_same_for_all_is_drawn_once_per_language_without_any_context() -> None:
    env = engines["jinja2"].env  # type: ignore[attr-defined]
    page = env.from_string("{{ same_for_all('kith/keys.html') }}")
    english = page.render(request="never seen")
    assert "Keyboard shortcuts" in english and english == env.get_template("kith/keys.html").render()
    with translation.override("ru"):
        assert page.render() == env.get_template("kith/keys.html").render() != english
    assert page.render() == english
