"""The page, or the dialog over a page, that asks anew who the reader is before something weighty."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kith.access import profile
from kith.access.factors import keeping, passkeys, proving
from kith.core import proof
from kith.core.errors import Refused
from kith.core.throttling import Throttled
from kith.core.ui.base import actor_of, guarded, refusal_text

from .signin import arrived, target


@never_cache
@guarded
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the password and the second factor, or for a passkey alone; or take them."""
    user = profile.me(actor_of(request))
    if request.method == "GET":
        return form(request, user)
    try:
        prove(request, user)
    except Throttled as error:
        return form(request, user, error.message, 429)
    except Refused as error:
        return form(request, user, refusal_text(error), 422)
    proof.note(request)
    return arrived(request)


def prove(request: HttpRequest, user: Any) -> None:
    """Raises Throttled or Refused unless what was sent proves the user; all of it is checked before anything is told."""
    if answer := request.POST.get("passkey"):
        passkeys.proven(request, "proof", answer, user)
        return
    right = profile.is_password(user, request.POST.get("password", "")[:1000].replace("\0", ""))
    if user.second_factor:
        if not right:
            raise Refused(_("The password or the code is not right."))
        try:
            proving.prove(user, request.POST.get("code", "")[:100].replace("\0", ""))
        except Refused:
            raise Refused(_("The password or the code is not right.")) from None
    elif not right:
        raise Refused(_("This is not your present password."))


def form(request: HttpRequest, user: Any, error: str = "", status: int = 200) -> HttpResponse:
    """The page or the dialog."""
    dialog = "dialog" in request.GET
    has = keeping.of(user)
    context = {
        "user": user, "has": has, "error": error, "next": target(request, ""),
        "passkeys": passkeys.origin() if has.passkeys else "",
    }  # fmt: skip
    template = "access/proof_dialog.html" if dialog else "access/proof.html"
    return render(request, template, context, status=422 if dialog and error else status)
