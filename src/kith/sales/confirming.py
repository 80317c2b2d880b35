"""Double opt-in: a request waits until its sender opens the link that was mailed to the address given; only then a lead is made (B1).

Mail programs open links by themselves, so the link shows a page with a button; the button confirms. A link is good for as many
hours as its form says, and confirming twice does what confirming once does. Requests that nobody confirmed are removed.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kith.core import jobs, mailing, signed, throttling, trash, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.context import current
from kith.core.entity import registry
from kith.core.errors import Refused

from . import intake

SALT = "kith.form"
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
#: How long a request whose link is past stays, so that somebody who asks can be told what became of it.
KEPT = dt.timedelta(days=7)
HOUR = 3600
#: Hours that a form may give at most.
LONGEST = 720


def address_of(who: Mapping[str, Any]) -> str:
    """The address of a sender. Raises Refused for one that mail programs in general cannot send to (RFC 5321, dot-string)."""
    address = str(who["email"])
    if not ATOMS.fullmatch(address.rpartition("@")[0]):
        raise Refused({"email": [_("No mail can be sent to this address.")]})
    return address


def hold(address: str, request: intake.Request) -> Any:
    """Keep a request without a lead and mail the link to its address. Raises Throttled when that got several already."""
    throttling.take("confirm", account=address, address=current().ip)
    with change_set(SYSTEM, kind="form", entity="sales.leadsubmission"):
        kept = intake.keep(replace(request, data={**request.data, "email": address}), None, status="unconfirmed")
        jobs.defer(send_confirmation, None, submission=str(kept.pk))
    return kept


@jobs.job("sales.send_confirmation", retry=5, label=gettext_lazy("Mail with a link that confirms a request"))
def send_confirmation(submission: str) -> None:
    """Mail the link in the language of the request; nothing once it is confirmed or gone."""
    kept = waiting().filter(pk=submission).select_related("form").first()
    if kept is None:
        return
    with translation.override(kept.language or settings.LANGUAGE_CODE):
        subject, text = words(kept)
        mailing.send(subject, text, kept.data["email"])


def words(kept: Any) -> tuple[str, str]:
    """Subject and text of the mail. Nothing of what was sent stands in it: anybody can give anybody's address."""
    values = {"workspace": settings.KITH_COMPANY, "link": link(kept), "num": hours_of(kept.form)}
    subject = _("Please confirm your request at %(workspace)s")
    text = ngettext(
        "Hello,\n\nsomebody, probably you, gave this address in a form of %(workspace)s. Confirm it within %(num)s hour; then we will answer your request:\n\n%(link)s\n\nIf it was not you, ignore this message; we will not write again.\n",
        "Hello,\n\nsomebody, probably you, gave this address in a form of %(workspace)s. Confirm it within %(num)s hours; then we will answer your request:\n\n%(link)s\n\nIf it was not you, ignore this message; we will not write again.\n",
        hours_of(kept.form),
    )
    return subject % values, text % values


def link(kept: Any) -> str:
    """The address in the mail; its host comes from the settings, never from a request."""
    token = signed.dumps(str(kept.pk), salt=SALT)
    return f"{settings.BASE_URL.rstrip('/')}/f/{kept.form.key}/confirm/{token}?lang={kept.language}"


def hours_of(form: Any) -> int:
    """How long links of a form are good; those that are out already stay so when it does not ask any more."""
    return int(form.confirm_hours or LONGEST)


def kept_by(form: Any, token: str) -> Any | None:
    """The request of a link of this form that is still good, confirmed or not; else None."""
    try:
        key = UUID(signed.loads(token, salt=SALT, max_age=hours_of(form) * HOUR))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return submissions().filter(pk=key, form=form.pk).first()


def confirm(form: Any, kept: Any) -> Any | None:
    """Make the lead of a request; None when it was made before. Raises Refused when it cannot be one any more."""
    from . import forms

    entity = registry.get("sales.leadsubmission")
    with change_set(SYSTEM, kind="confirm", entity=entity.label, reason=form.name):
        (fresh,) = writes.lock(entity, [kept.pk])
        if fresh.status != "unconfirmed":
            return None
        return forms.make(form, fresh.data, intake.request_of(fresh))


@jobs.job(
    "sales.forget_unconfirmed",
    periodic="50 3 * * *",
    retry=3,
    label=gettext_lazy("Remove requests that nobody confirmed"),
)
def forget_unconfirmed() -> Mapping[str, Any]:
    """Remove requests whose link is past for a week; they become no lead and need nobody."""
    hours = Coalesce(F("form__confirm_hours"), Value(LONGEST)) * Value(dt.timedelta(hours=1))
    ended = ExpressionWrapper(F("received_at") + hours, models.DateTimeField())
    found = list(waiting().annotate(ended=ended).filter(ended__lt=now() - KEPT).order_by("pk")[:1000])
    with change_set(SYSTEM, kind="forget", entity="sales.leadsubmission"):
        trash.purge(SYSTEM, registry.get("sales.leadsubmission"), found)
    return {"removed": len(found)}


def submissions() -> Any:
    """All requests of web forms."""
    return registry.get("sales.leadsubmission").rows(SYSTEM)


def waiting() -> Any:
    """Requests that wait for their senders."""
    return submissions().filter(status="unconfirmed")
