"""A visitor's language: the one picked on the sign-in page, kept in a cookie; nonsense is ignored."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from kith.core.middleware import personal


def visit(address: str, **headers: str) -> HttpResponse:
    request = RequestFactory().get(address, headers=headers)
    request.user = AnonymousUser()

    def answer(asked: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    return personal(answer)(request)


def test_a_picked_language_is_spoken_and_kept() -> None:
    response = visit("/login?lang=zh-hans", accept_language="ru")
    assert response.content == b"zh-hans"
    assert response.cookies["django_language"].value == "zh-hans"
    assert visit("/login", accept_language="ru", cookie="django_language=zh-hans").content == b"zh-hans"


@pytest.mark.parametrize("nonsense", ["xx", "ru<script>", "", "../ru"])
def test_an_unknown_language_is_ignored(nonsense: str) -> None:
    response = visit(f"/login?lang={nonsense}", accept_language="ru")
    assert response.content == b"ru"
    assert response.cookies == {}
