"""Answers to htmx: close the dialog, show a toast, send the browser elsewhere, swap into another place."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment; a restored history entry wants the whole page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx refreshes a part of the page it is on; a boosted link wants the whole next page."""
    return is_htmx(request) and "HX-Boosted" not in request.headers


def target_of(request: HttpRequest) -> str:
    """The id of the element the answer goes into, "" if it has none."""
    return request.headers.get("HX-Target", "").partition("#")[2]


def trigger[R: HttpResponse](response: R, **events: Any) -> R:
    """Fire events in the browser, each with its detail; later calls add to earlier ones."""
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(known | events)
    return response


def toast[R: HttpResponse](
    response: R, text: Any, *, tone: str = "", undo: str = "", redo: str = "", href: str = "", label: Any = ""
) -> R:
    """Show a message for ten seconds; `undo` and `redo` are addresses to POST, `href` with `label` a link beside it."""
    detail = {"text": str(text), "tone": tone, "undo": undo, "redo": redo, "href": href, "label": str(label)}
    return trigger(response, toast={key: value for key, value in detail.items() if value})


def closing(text: Any = "", *, undo: str = "", **events: Any) -> HttpResponse:
    """204 that closes the dialog or panel, with a toast and further events for the page."""
    response = trigger(HttpResponse(status=204), close={}, **events)
    return toast(response, text, undo=undo) if text else response


def to_list(request: HttpRequest, url: str, text: Any = "", *, undo: str = "") -> HttpResponse:
    """Close the dialog and show another look of the list that is on the page."""
    if not is_htmx(request):
        return HttpResponseRedirect(url)
    return closing(text, undo=undo, **{"go-list": {"url": url}})


def into[R: HttpResponse](response: R, target: str, swap: str = "") -> R:
    """Put the answer elsewhere than the request said."""
    response.headers["HX-Retarget"] = target
    if swap:
        response.headers["HX-Reswap"] = swap
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that also works from a fragment."""
    if not is_htmx(request):
        return HttpResponseRedirect(url)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = url
    return response
