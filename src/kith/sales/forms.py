"""Web forms: what they show, what they accept, and that each request becomes one lead, once (R40)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.store import maker
from kith.parties import consents

from . import confirming, form_owners, intake

HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")
#: What a new form shows: kind of field and whether it is needed.
USUAL = (("name", True), ("company", False), ("email", True), ("phone", False), ("text", False))
#: Fields of a request that are the lead's own, by the field of the lead.
OWN = {"subject": "name", "text": "text", "interest": "interest"}
#: Names of the form's own machinery; TRAP is filled in by programs only, people do not see it.
TRAP, NUMBER, CONSENT, BUTTON = "homepage2", "submission", "consent", "send"
LONGEST = {"subject": 200, "text": 10_000}
NEEDED = _("This field is needed.")


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Consent that is asked for has a version; sites are host names."""
    errors: dict[str, list[Any]] = {}
    text, version = (values.get(name, getattr(record, name)) for name in ("consent_text", "consent_version"))
    if text and not version:
        errors["consent_version"] = [
            _("Consent that is asked for has a version, so that one knows what was agreed to.")
        ]
    if not text and values.get("consent_required", record.consent_required):
        errors["consent_text"] = [_("Write down what people agree to.")]
    if bad := [host for host in values.get("allowed_hosts") or () if not HOST.fullmatch(host.lower())]:
        errors["allowed_hosts"] = [_("“%(host)s” is no host name; write it like www.example.com.") % {"host": bad[0]}]
    return errors | form_owners.validate(record, values)


def derive(batch: Batch) -> None:
    """A new form begins with the usual fields."""
    if batch.operation != "create":
        return
    entity = registry.get("sales.leadformfield")
    rows = [
        {"form": item.record.pk, "kind": kind, "is_required": needed, "position": position}
        for item in batch.items
        for position, (kind, needed) in enumerate(USUAL)
    ]
    make = maker(entity.model)
    follow(entity, [Item(make(), row, is_new=True) for row in rows])


# --- what is shown -----------------------------------------------------------------------------------------------------


def find(key: str) -> Any | None:
    """The form with this key that takes requests."""
    return registry.get("sales.leadform").rows(SYSTEM).filter(key=key, is_active=True).first()


def fields_of(form: Any) -> list[Any]:
    """The fields that a form shows, in order."""
    return list(registry.get("sales.leadformfield").rows(SYSTEM).filter(form=form.pk).order_by("position", "pk"))


def products_of(form: Any) -> list[tuple[str, str]]:
    """Products to choose from."""
    rows = registry.get("catalogue.product").rows(SYSTEM).filter(pk__in=form.products, is_active=True)
    names = {row.pk: str(row) for row in rows}
    return [(str(key), names[key]) for key in form.products if key in names]


def address(form: Any) -> str:
    """The address of the form's page."""
    return f"{settings.BASE_URL.rstrip('/')}/f/{form.key}"


# --- what is accepted --------------------------------------------------------------------------------------------------


def may_post(form: Any, origin: str, own_host: str) -> bool:
    """Whether a page of this origin may post to the form: our own, those of allowed sites, and programs without one."""
    if not origin:
        return True
    try:
        host = urlsplit(origin).netloc.lower()
    except ValueError:
        return False
    return host == own_host.lower() or any(matches(host, allowed.lower()) for allowed in form.allowed_hosts)


def matches(host: str, allowed: str) -> bool:
    """Whether a host is the allowed one, or below it where that begins with a star."""
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def read(form: Any, posted: Mapping[str, list[str]]) -> dict[str, Any]:
    """The declared values of a request. Raises Refused that names each field that is wrong, missing or not declared."""
    fields = fields_of(form)
    kinds = {field.kind for field in fields}
    errors: dict[str, list[Any]] = {
        name: [_("This form has no field “%(name)s”.") % {"name": name[:60]}]
        for name in posted
        if name not in kinds and name not in (TRAP, NUMBER, CONSENT, BUTTON)
    }
    offered = {key for key, _name in products_of(form)}
    data: dict[str, Any] = {}
    for field in fields:
        try:
            value = one(field.kind, posted.get(field.kind, []), offered)
        except Refused as refused:
            errors[field.kind] = refused.errors[""]
            continue
        if value:
            data[field.kind] = value
        elif field.is_required:
            errors[field.kind] = [NEEDED]
    if form.confirm_hours and not data.get("email"):
        errors.setdefault("email", [NEEDED])
    if form.consent_required and not posted.get(CONSENT):
        errors[CONSENT] = [_("Without this consent we may not take your request.")]
    if errors:
        raise Refused(errors)
    return data


def one(kind: str, given: list[str], offered: set[str]) -> Any:
    """One value of a request."""
    if kind == "interest":
        if not set(given) <= offered:
            raise Refused(_("Choose among the products shown."))
        return given
    text = "".join(given[:1]).replace("\0", "").strip()
    if len(text) > LONGEST.get(kind, 500):
        raise Refused(_("At most %(limit)d characters.") % {"limit": LONGEST.get(kind, 500)})
    if kind == "email" and text.count("@") == 1 and "." not in text.partition("@")[2].strip("."):
        raise Refused(_("The part after @ is incomplete."))
    return text


def submit(form: Any, posted: Mapping[str, list[str]], *, page: str = "") -> Any | None:
    """Take one request: the lead it became; None for spam, for one that waits for its sender and for one that was taken before.

    Raises Refused or Throttled; then nothing is kept.
    """
    number = "".join(posted.get(NUMBER, [])[:1])[:64]
    if number and taken(form, number):
        return None
    data = {} if caught(posted) else read(form, posted)
    request = intake.Request(
        form.pk, number, bool(posted.get(CONSENT)), form.consent_text, form.consent_version, get_language() or "", page,
        data or {name: values[0][:500] for name, values in posted.items() if values and name not in (NUMBER, BUTTON)},
    )  # fmt: skip
    try:
        with change_set(SYSTEM, kind="form", entity="sales.leadsubmission", reason=form.name):
            if data and form.confirm_hours:
                confirming.hold(confirming.address_of(intake.cleaned(who_of(data))), request)
            elif data:
                return make(form, data, request)
            else:
                intake.keep(request, None, "spam")
            return None
    except Refused as refused:
        if "submission_key" in refused.errors or taken(form, number):
            return None  # the same request, a moment earlier
        raise


def as_posted(value: Any) -> list[str]:
    """A value that was kept, as a form would send it."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def taken(form: Any, number: str) -> bool:
    """Whether a request was taken already."""
    rows = registry.get("sales.leadsubmission").rows(SYSTEM)
    return bool(number) and rows.filter(form=form.pk, submission_key=number).exists()


def caught(posted: Mapping[str, list[str]]) -> bool:
    """Whether the field that people do not see was filled in."""
    return any(value.strip() for value in posted.get(TRAP, []))


def who_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a request says about its sender."""
    return {name: value for name, value in data.items() if name not in OWN}


def make(form: Any, data: Mapping[str, Any], request: intake.Request) -> Any:
    """The lead of a request, with what the form gives its leads."""
    who = who_of(data)
    own = {OWN[name]: value for name, value in data.items() if name in OWN}
    language = {"language": request.language} if request.language and not who.get("language") else {}
    given = {
        "source": form.source_id,
        "campaign": form.campaign_id,
        "owner": form.lead_owner_id,
        "org_unit": form.team_id,
        "channel": "web",
    }
    lead = intake.take(SYSTEM, who | language, given | own, request)
    keep_consent(form, lead, request)
    form_owners.place(form, lead)
    return lead


def keep_consent(form: Any, lead: Any, request: intake.Request) -> None:
    """The consent given with a request is one of the person, with what proves it; without a person of the company."""
    party = lead.person_id or lead.company_id
    if not request.consent or not party:
        return
    told = {"form": form.name, "page": request.page, "key": request.key}
    note = _("Ticked in the web form “%(form)s”, page %(page)s, request %(key)s.") % told
    if form.confirm_hours and request.kept is not None:
        note += " " + _("Confirmed by the link mailed to the address.")
    consents.take(
        party, purpose=form.consent_purpose, basis="consent", source=form.name[:200], text=request.consent_text,
        text_version=request.consent_version, proof_note=note,
        given_at=request.kept.received_at if request.kept is not None else timezone.now(),
    )  # fmt: skip


def accept(actor: Actor, submissions: Sequence[Any]) -> list[Any]:
    """Make leads of requests that were taken for spam by mistake."""
    entity, made = registry.get("sales.leadsubmission"), []
    for submission in submissions:
        if not submission.form_id:
            continue
        form = registry.get("sales.leadform").rows(SYSTEM).filter(pk=submission.form_id).first()
        if form is None:
            raise Refused(_("The form of this request is in the trash; bring it back first."))
        with change_set(actor, kind="accept", entity=entity.label):
            (fresh,) = writes.lock(entity, [submission.pk])
            if fresh.lead_id:
                continue
            if fresh.status == "unconfirmed":
                raise Refused(_("This request waits for its sender, who has to open the link in the mail first."))
            data = read(form, {name: as_posted(value) for name, value in fresh.data.items() if name != TRAP})
            made.append(make(form, data, intake.request_of(fresh, data=data)))
    return made
