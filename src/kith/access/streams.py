"""Answers that take long, such as a large export, end with the session that asked for them."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse

from .backend import users

EVERY = 1.0  # seconds between two looks


class Ended(Exception):
    """The account was closed, or its sessions ended, while an answer was on its way: the connection breaks off."""


def ending(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Watch over answers that are sent piece by piece."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response: Any = answer(request)
        if response.streaming and request.user.is_authenticated:
            # Not its streaming_content: that would tie the answer to itself, and its place at the gate would never be free.
            response.streaming_content = watched(response._iterator, request.user)
        return response  # type: ignore[no-any-return]

    return middleware


def watched(pieces: Iterator[bytes], user: Any) -> Iterator[bytes]:
    """The pieces, as long as the epoch of the user is the one in which the answer began."""
    looked = time.monotonic()
    for piece in pieces:
        if time.monotonic() - looked >= EVERY:
            if not users().filter(pk=user.pk, auth_epoch=user.auth_epoch).exists():
                raise Ended
            looked = time.monotonic()
        yield piece
