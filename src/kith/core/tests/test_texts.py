"""Every visible text is there in Russian and Chinese, with the same placeholders; the catalogues compile and load."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation

from kith.core import catalogues, i18n


@pytest.fixture(scope="module")
def read() -> Catalog:
    """All texts of the source; looking for them takes two seconds."""
    return i18n.extract()


@pytest.fixture(autouse=True)
def extracted(read: Catalog, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Catalog]:
    """A copy for whoever asks: putting in translations changes the messages themselves."""
    monkeypatch.setattr(i18n, "extract", lambda: deepcopy(read))
    return i18n.extract


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_text_is_missing_or_uncertain(language: str) -> None:
    assert i18n.missing(language) == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_catalogue_holds_no_text_that_the_source_lost(language: str) -> None:
    wanted = {
        (message.id if isinstance(message.id, str) else message.id[0], message.context) for message in i18n.extract()
    }
    held = {
        (message.id if isinstance(message.id, str) else message.id[0], message.context)
        for message in i18n.read(language)
    }
    assert held - wanted == set()


def test_missing_notices_an_empty_a_fuzzy_and_a_misspelt_translation(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    texts = ["Save", "Undo", "Remove %(what)s", "Edit %(what)s", "Search", "Close"]
    given = {"Undo": "", "Edit %(what)s": "Изменить %(what)s", "Search": "25% ≤", "Close": "25 %% ≤"}
    i18n.update({"ru": dict.fromkeys(texts, "ясно") | given})
    left = i18n.missing("ru")
    assert [text in left for text in texts] == [False, True, True, False, True, False]


def test_a_plural_needs_all_three_russian_forms(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    text = "%(num)s field needs a look"
    i18n.update({"ru": {text: ["%(num)s поле", "", ""]}})
    assert text in i18n.missing("ru")
    i18n.update({"ru": {text: ["%(num)s поле", "%(num)s поля", "%(num)s полей"]}})
    assert text not in i18n.missing("ru")


def test_django_speaks_the_catalogues() -> None:
    catalogues.fresh()
    with translation.override("ru"):
        assert translation.gettext("Save") == "Сохранить"
        assert (
            translation.ngettext("%(num)s field needs a look", "%(num)s fields need a look", 5) % {"num": 5}
            == "Проверьте 5 полей"
        )
    with translation.override("zh-hans"):
        assert translation.gettext("Save") == "保存"
