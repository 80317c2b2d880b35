"""What every page of an entity needs: the actor behind a request, the entity of its address, errors as answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kith.core import access, ledger, past, replica
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Busy, Conflict, Forbidden, Missing, Refused, Unproven, Warned
from kith.core.filters import BadFilter
from kith.core.merging import leading
from kith.core.store import is_busy
from kith.core.ui import errors

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request, loaded once."""
    if not hasattr(request, "kith_actor"):
        user = request.user
        epoch = getattr(user, "rights_epoch", None)  # comes with the user, in one query
        request.kith_actor = access.actor_of(user.pk if user.is_authenticated else None, epoch=epoch)  # type: ignore[attr-defined]
    return request.kith_actor  # type: ignore[attr-defined, no-any-return]


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a fragment of the page."""
    return request.headers.get("HX-Request") == "true"


def guarded(view: View) -> View:
    """Turn the errors of core into answers: 404 for what is missing or hidden, 403, 400, 409, 422 in words."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Missing as error:
            words = _("There is no such page or record, or you may not see it.")
            return lead_on(request, error) or errors.answer(request, 404, words)
        except Forbidden as error:
            ledger.log(
                actor_of(request),
                "denied",
                entity=error.right.split(":")[0],
                title=error.right,
                path=request.path[:200],
            )
            return errors.answer(
                request, 403, str(error.message) or _("You lack the right “%(right)s”.") % {"right": error.right}
            )
        except (Busy, Unproven) as error:
            return not_now(request, error)
        except (BadFilter, BadValue) as error:
            return errors.answer(request, 400, str(error.message))
        except Refused as error:
            return errors.answer(request, 422, refusal_text(error))
        except Warned as error:
            return errors.answer(request, 409, " ".join(str(warning.message) for warning in error.warnings))
        except Conflict as error:
            return errors.answer(
                request,
                409,
                _("Somebody changed the same fields meanwhile: %(fields)s.")
                % {"fields": ", ".join(clash.field for clash in error.clashes)},
            )
        except OperationalError as error:
            if not is_busy(error) or replica.is_elsewhere():
                raise
            return errors.answer(request, 409, _("Somebody is changing the same records at this moment; try again."))

    return answer


def lead_on(request: HttpRequest, error: Missing) -> HttpResponse | None:
    """Old links to a merged record lead to the survivor."""
    found = leading.led_on(actor_of(request), error) if request.method in ("GET", "HEAD") else None
    if found is None or str(found[1]) not in request.path:
        return None
    address = request.path.replace(str(found[1]), str(found[2].pk))
    query = request.GET.copy()
    query.pop("trash", None)
    return HttpResponseRedirect(f"{address}?{query.urlencode()}" if query else address)


def not_now(request: HttpRequest, error: Busy | Unproven) -> HttpResponse:
    """What is refused only for now: too much is asked, or the reader has to show who it is."""
    return errors.busy(request, error.message, error.seconds) if isinstance(error, Busy) else ask_again(request)


def ask_again(request: HttpRequest) -> HttpResponse:
    """Ask who the reader is: over the page, which then repeats what it was doing, or on a page of its own."""
    if is_htmx(request):
        return HttpResponse(status=401, headers={"Kith-Ask": "proof"})
    back = request.get_full_path() if request.method == "GET" else "/profile"
    return HttpResponseRedirect(f"/proof?{urlencode({'next': back})}")


def refusal_text(error: Refused) -> str:
    """All messages of a refusal in one text."""
    return " ".join(
        f"{name}: {message}" if name else str(message)
        for name, messages in error.errors.items()
        for message in messages
    )


def named_page(view: View) -> View:
    """A page of now, or of the moment of the past that its address asks for if the view travels; see `entity_page`."""
    return entity_page(past.led(view))


def entity_page(view: View) -> View:
    """A page below the name of an entity: `view(request, entity, actor, …)` for `/<slug>/…`; 404 for an unknown slug. It checks rights itself."""

    @guarded
    @wraps(view)
    def answer(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = actor_of(request)  # first: with the user comes which kinds of record there are by now
        entity = registry.by_slug(slug)
        if entity is None:
            raise Missing(slug)
        return view(request, entity, actor, *args, **kwargs)

    return answer


def page(view: View) -> View:
    """A page of an entity: `view(request, entity, actor, …)` for `/<slug>/…`; 404 for an unknown slug or one of which nothing may be seen."""

    @named_page
    @wraps(view)
    def answer(request: HttpRequest, entity: Entity, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.opens(actor, entity):
            raise Missing(entity.label)
        return view(request, entity, actor, *args, **kwargs)

    return answer


def record_page(operation: str = "view") -> Callable[[View], View]:
    """A page of one record: `view(request, entity, actor, record, …)`; 404 when hidden, 403 when only `operation` is missing.

    A share or a task may open one record to somebody whom no rule lets near the others, so only the record decides.
    """

    def decorate(view: View) -> View:
        @named_page
        @wraps(view)
        def answer(
            request: HttpRequest, entity: Entity, actor: Actor, key: Any, *args: Any, **kwargs: Any
        ) -> HttpResponse:
            return view(request, entity, actor, access.fetch(entity, actor, key, operation), *args, **kwargs)

        return answer

    return decorate
