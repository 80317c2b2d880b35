"""The shell in three languages: whole, without inline code, marked with the reader's taste; errors need no database."""

import re
from pathlib import Path

import pytest
from django.template import loader
from django.test import RequestFactory

from kith.core.tests import shell_pages
from kith.core.tests.shell_pages import LANGUAGES, Reader, render
from kith.core.ui import errors, jinja, respond, shell
from kith.core.ui.shell import MenuGroup, MenuItem

INLINE = re.compile(r'\s(style|on\w+|hx-on[^=]*)="|="(js|javascript):|<script(?![^>]*src=)')
TITLES = {"en": "Sign in to", "ru": "Вход в", "zh-hans": "登录"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", [shell_pages.components, shell_pages.login])
def test_pages_render_and_obey_the_content_policy(language: str, draw) -> None:
    html = draw(language)
    assert INLINE.findall(html) == []
    assert f'<html lang="{language.replace("hans", "Hans")}"' in html
    assert html.count("<h1") == 1
    assert html.count("<main") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_follow_the_language(language: str) -> None:
    assert TITLES[language] in shell_pages.login(language)


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sprite = (Path(jinja.__file__).parents[1] / "static/kith/icons.svg").read_text()
    drawn = set(re.findall(r'id="i-([\w-]+)"', sprite))
    named = set(re.findall(r"#i-([\w-]+)", shell_pages.components() + shell_pages.login()))
    assert len(named) > 30
    assert named - drawn == set()


def test_the_menu_is_grouped_ordered_and_marked() -> None:
    html = shell_pages.components()
    assert html.index("My day") < html.index("Companies")
    assert re.search(r'<a href="/companies/" aria-current="page" data-go="C"', html)
    assert "1,284" in html


def test_groups_of_one_title_are_joined(monkeypatch) -> None:
    first, second = (MenuItem(slug, slug, "tag", f"/{slug}/") for slug in ("orders", "quotes"))
    monkeypatch.setattr(
        shell,
        "_sources",
        [lambda r: [MenuGroup("Sales", (first,))], lambda r: [MenuGroup("Sales", (second,)), MenuGroup("Empty")]],
    )
    groups = shell.menu(RequestFactory().get("/quotes/3"))
    assert [(group.title, [(item.slug, item.current) for item in group.items]) for group in groups] == [
        ("Sales", [("orders", False), ("quotes", True)])
    ]


def test_the_readers_taste_reaches_the_page(db: None) -> None:
    reader = Reader()
    reader.theme, reader.density, reader.shortcuts = "dark", "compact", False
    request = RequestFactory().get("/", headers={"cookie": "kith_nav=rail"})
    request.user = reader
    html = loader.render_to_string("kith/base.html", {}, request)
    for mark in ('data-theme="dark"', 'data-density="compact"', 'data-keys="off"', 'data-nav="rail"'):
        assert mark in html


class Broken:
    """A reader whose every question needs a database that is gone."""

    def __getattr__(self, name: str) -> None:
        raise RuntimeError("no database")


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_error_pages_need_neither_reader_nor_database(status: int) -> None:
    request = RequestFactory().get("/nowhere")
    request.user = request.session = Broken()
    response = errors.answer(request, status)
    assert response.status_code == status
    assert b"<h1" in response.content
    assert INLINE.findall(response.content.decode()) == []


def test_a_refusal_names_the_right_and_who_can_grant_it() -> None:
    html = render("kith/errors/403.html", right="parties.company:edit", grantors=["Eva Lund"])
    assert "parties.company:edit" in html
    assert "Eva Lund" in html


def test_htmx_gets_a_toast_instead_of_an_error_page() -> None:
    request = RequestFactory().get("/x", headers={"HX-Request": "true"})
    response = errors.answer(request, 404)
    assert (response.status_code, response.content) == (404, b"")
    assert '"tone": "bad"' in response.headers["HX-Trigger"]


def test_events_of_one_answer_add_up() -> None:
    response = respond.closing("Saved", undo="/undo/1", **{"refresh-list": {}})
    assert response.status_code == 204
    assert response.headers["HX-Trigger"] == (
        '{"close": {}, "refresh-list": {}, "toast": {"text": "Saved", "undo": "/undo/1"}}'
    )


def test_attributes_are_escaped_and_named_as_html_names_them() -> None:
    assert (
        jinja.attributes(hx_get='/a?b="c"&d', disabled=True, hidden=False, for_=None)
        == 'hx-get="/a?b=&#34;c&#34;&amp;d" disabled'
    )
