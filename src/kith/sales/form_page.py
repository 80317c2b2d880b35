"""The public page of a web form (R40): no session, no cookie, no script needed; may be shown inside allowed sites."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kith.core import context, throttling
from kith.core.errors import Refused
from kith.core.middleware import client_ip
from kith.core.throttling import Throttled
from kith.core.ui import errors

from . import confirming, forms

COMPLETE = {
    "name": "name", "given_name": "given-name", "family_name": "family-name", "company": "organization", "job_title": "organization-title", "email": "email", "phone": "tel",
    "website": "url", "country": "country-name",
}  # fmt: skip
TYPES = {"email": "email", "phone": "tel", "website": "url"}
WIDE = frozenset({"text", "interest", "subject"})


@csrf_exempt
@login_not_required
@never_cache
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The form, or what becomes of a request."""
    return of_form(request, key, answer)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """The page behind the link in the mail, and what its button does."""

    def confirmed(request: HttpRequest, form: Any, ip: str) -> HttpResponse:
        kept = confirming.kept_by(form, token)
        if kept is None:
            throttling.take("form_key", address=ip)
            text = _("This link is not good any more. Please send the form once more.")
            return render(request, "sales/form_confirm.html", {"form": form, "plain": True, "wrong": text}, status=410)
        if request.method != "POST" and kept.status == "unconfirmed":
            return render(request, "sales/form_confirm.html", {"form": form, "plain": True, "kept": kept})
        try:
            confirming.confirm(form, kept)
        except Refused as refused:  # the form asks for something else by now
            return draw(
                request, form, {name: forms.as_posted(value) for name, value in kept.data.items()}, refused.errors, 422
            )
        return thanks(request, form)

    return of_form(request, key, confirmed)


def of_form(request: HttpRequest, key: str, answered: Callable[[HttpRequest, Any, str], HttpResponse]) -> HttpResponse:
    """What a page of a form answers; a wrong key is forbidden, and trying many is throttled."""
    ip = client_ip(request)
    try:
        throttling.check("form_key", address=ip)
        form = forms.find(key) if "\0" not in key else None
        if form is None:
            throttling.take("form_key", address=ip)
            return unframed(errors.answer(request, 403, _("There is no such form, or it takes no requests any more.")))
        with context.through("form", request_id=context.current().request_id, ip=ip, agent=context.current().agent):
            return framed(form, answered(request, form, ip))
    except Throttled as error:
        return unframed(wait(errors.answer(request, 429, error.message), error))


def answer(request: HttpRequest, form: Any, ip: str) -> HttpResponse:
    """The answer for a form that exists."""
    if request.method != "POST":
        return draw(request, form)
    if not forms.may_post(form, request.headers.get("Origin", ""), request.get_host()):
        return errors.answer(request, 403, _("This site may not send requests to this form."))
    posted = {
        name.replace("\0", "")[:60]: [value.replace("\0", "") for value in values]
        for name, values in request.POST.lists()
    }
    try:
        throttling.check(
            "form", account=form.key, address=ip
        )  # refused tries of one sender do not close the form to all
        throttling.take("form", account=form.key, address=ip)
        forms.submit(form, posted, page=page_of(request))
    except Throttled as error:
        return wait(draw(request, form, posted, {"": [error.message]}, 429), error)
    except Refused as refused:
        return draw(request, form, posted, refused.errors, 422)
    if form.confirm_hours:
        return render(request, "sales/form_confirm.html", {"form": form, "plain": True})
    return thanks(request, form)


def thanks(request: HttpRequest, form: Any) -> HttpResponse:
    """What follows a request that was taken."""
    if form.redirect_url:
        return HttpResponseRedirect(form.redirect_url, status=303)
    return render(request, "sales/form_thanks.html", {"form": form, "plain": True})


def page_of(request: HttpRequest) -> str:
    """The page that the request came from, without its query."""
    try:
        parts = urlsplit(request.headers.get("Referer", "").replace("\0", ""))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:300] if parts.netloc else ""


def draw(
    request: HttpRequest, form: Any, posted: dict[str, list[str]] | None = None, wrong: dict[str, list[Any]] | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    """The page of the form with what was typed and what is wrong with it."""
    posted, wrong = posted or {}, wrong or {}
    fields = forms.fields_of(form)
    shown = {field.kind for field in fields} | {forms.CONSENT}
    context: dict[str, Any] = {
        "form": form, "fields": fields, "posted": posted, "wrong": wrong, "rest": [line for name, lines in wrong.items() if name not in shown for line in lines],
        "products": forms.products_of(form) if "interest" in shown else [], "number": "".join(posted.get(forms.NUMBER, [])[:1]) or uuid.uuid4().hex,
        "trap": forms.TRAP, "complete": COMPLETE, "types": TYPES, "wide": WIDE, "plain": True, "asked": request.GET.get("lang", ""),
    }  # fmt: skip
    return render(request, "sales/form.html", context, status=status)


def framed(form: Any, response: HttpResponse) -> HttpResponse:
    """Let the allowed sites, and no others, show the page inside theirs."""
    hosts = [host for allowed in form.allowed_hosts for host in (allowed, f"https://{allowed}")]
    policy = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF, *dict.fromkeys(hosts)] if hosts else [CSP.NONE]}
    response._csp_config = policy  # type: ignore[attr-defined]
    if not hosts:
        unframed(response)
    response.headers["Content-Language"] = translation.get_language() or ""
    return response


def unframed(response: HttpResponse) -> HttpResponse:
    """An answer that no site shows inside its own: there is no form that could allow it."""
    response.headers["X-Frame-Options"] = "DENY"
    return response


def wait(response: HttpResponse, error: Throttled) -> HttpResponse:
    """Say when to try again."""
    response.headers["Retry-After"] = str(error.seconds)
    return response
