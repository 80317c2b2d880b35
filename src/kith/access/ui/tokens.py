"""Pages of API tokens: one's own on the profile, everybody's in the settings."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.access import profile, tokens
from kith.core import access, proof
from kith.core.access import SYSTEM, require_system_right
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing, trigger


@never_cache
@guarded
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The dialog that makes a token, for oneself or (`user`) for somebody else."""
    proof.demand()
    actor = actor_of(request)
    wanted = request.POST.get("user") or request.GET.get("user") or ""
    user = access.fetch(registry.get("access.user"), actor, wanted) if wanted else profile.me(actor)
    context: dict[str, Any] = {
        "owner": user,
        "user": wanted,
        "kinds": tokens.kinds(actor),
        "reaches": tokens.REACHES,
        "lives": tokens.LIVES,
        "typed": request.POST,
        "errors": {},
    }
    if request.method == "GET":
        return render(request, "access/token_new.html", context)
    chosen = {
        name.removeprefix("kind:"): str(value) for name, value in request.POST.items() if name.startswith("kind:")
    }
    days = request.POST.get("days", "")
    try:
        token, secret = tokens.make(
            actor,
            user,
            request.POST.get("name", ""),
            tokens.scopes_of(request.POST.get("reach", ""), chosen),
            int(days) if days.isdecimal() else -1,
        )
    except Refused as error:
        return render(request, "access/token_new.html", context | {"errors": error.errors}, status=422)
    made = render(request, "access/token_made.html", {"token": token, "secret": secret})
    return trigger(made, **{"tokens-changed": {}})


@guarded
@require_POST
def revoke(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End a token; its row disappears."""
    token = tokens.revoke(actor_of(request), key)
    return trigger(closing(_("The token “%(name)s” no longer works.") % {"name": token.name}), **{"tokens-changed": {}})


@guarded
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own tokens, as a fragment of the profile."""
    return render(request, "access/tokens_table.html", listing(tokens.of_user(profile.me(actor_of(request)))))


def listing(found: list[Any], *, owners: bool = False) -> dict[str, Any]:
    """What the table of tokens needs."""
    return {"tokens": found, "scopes_in_words": tokens.in_words, "owners": owners}


@guarded
@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """All tokens, and the services that own tokens."""
    actor = actor_of(request)
    require_system_right(actor, "tokens")
    context = listing(tokens.everybody(), owners=True)
    if request.headers.get("HX-Target", "").endswith("#tokens"):
        return render(request, "access/tokens_table.html", context)
    services = registry.get("access.user").rows(SYSTEM).filter(kind="service").order_by("name", "pk")
    return render(
        request,
        "access/tokens.html",
        context | {"services": services, "may_add": access.allowed(actor, registry.get("access.user"), "create")},
    )
