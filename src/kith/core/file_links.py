"""Files from a second host name: what people upload never comes from the address that their session belongs to.

With FILES_URL set, a page that gives out a file leads there by a link that is good for a minute, for this one file and
this one way of showing it. The second host knows no session and answers nothing else.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from . import clock_floor, files, signed
from .errors import BadValue
from .file_kinds import PICTURES

Answer = Callable[[HttpRequest], HttpResponseBase]
SALT = "kith.file-link"
AGE = 60
PATH = "/file/"
#: Whatever a file holds, a browser that shows it in spite of everything may run none of it.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def link(key: str, title: str, *, inline: bool) -> str:
    """The address of a file on the second host."""
    return f"{settings.FILES_URL}{PATH}{signed.dumps([key, title[:200], inline], salt=SALT)}"


def opened(token: str) -> tuple[str, str, bool] | None:
    """Key, title and whether it is shown in a page; None for a link that is forged or over."""
    try:
        key, title, inline = signed.loads(token, salt=SALT, max_age=AGE)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(key), str(title), bool(inline)


def second_host(answer: Answer) -> Answer:
    """Answer links on the second host, and there nothing else; elsewhere no link."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return of_link(request) if is_second(request) else answer(request)

    return middleware


def is_second(request: HttpRequest) -> bool:
    """Whether a request came to the second host."""
    if not settings.FILES_URL:
        return False
    return split_domain_port(request.get_host())[0] == urlsplit(settings.FILES_URL).hostname


def of_link(request: HttpRequest) -> HttpResponseBase:
    """The file of a link, or 404 without a word."""
    if request.method not in ("GET", "HEAD") or not request.path.startswith(PATH):
        return HttpResponse(status=404)
    clock_floor.share()
    found = opened(request.path.removeprefix(PATH))
    try:
        return respond(*found) if found else HttpResponse(status=404)
    except (BadValue, FileNotFoundError):
        return HttpResponse(status=404)


def respond(key: str, title: str, inline: bool) -> FileResponse:
    """The bytes of a file with all safety headers: to be saved, or a picture to be shown in a page."""
    kind = files.describe(key)[0]
    inline = inline and kind in PICTURES
    response = FileResponse(
        files.path_of(key).open("rb"), as_attachment=not inline, filename=title[:200], content_type=kind
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    if settings.FILES_URL:
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # shown in pages of the first host
    return response
