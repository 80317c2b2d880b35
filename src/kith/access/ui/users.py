"""The one action on users whose answer is shown: a one-time password."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kith.access import actions
from kith.core import access
from kith.core.entity import registry
from kith.core.ui.base import actor_of, guarded


@never_cache
@guarded
@require_POST
def one_time_password(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Make it, and show it this once."""
    actor = actor_of(request)
    user = access.fetch(registry.get("access.user"), actor, key, "one_time_password")
    return render(
        request,
        "access/one_time_password.html",
        {"user": user, "password": actions.one_time_password(actor, [user]), "days": actions.ONE_TIME_DAYS},
    )
