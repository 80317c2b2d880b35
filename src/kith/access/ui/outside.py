"""What pages before the sign-in share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from kith.core.throttling import Throttled
from kith.core.ui import errors

View = Callable[..., HttpResponse]


def outside(view: View) -> View:
    """A page for people who are not signed in; too many tries answer 429."""

    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Throttled as error:
            response = errors.answer(request, 429, error.message)
            response.headers["Retry-After"] = str(error.seconds)
            return response

    return answer
