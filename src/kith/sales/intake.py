"""Taking leads in, through every door: who it is, a provisional party where nobody is known, one lead (R9-R13, R40).

A known party is linked and never changed by what comes in; what was sent stays with the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import BadValue, Refused
from kith.core.following import follow
from kith.core.identity.naming import parse_name
from kith.core.pipeline import now
from kith.core.store import maker
from kith.parties.resolving import resolve

#: Data about a person and a company; everything else that comes in is the lead's own.
PERSON = ("given_name", "family_name", "email", "phone", "job_title", "language")
COMPANY = ("company", "website")
WHO = ("name", *PERSON, *COMPANY, "country", "external_id")
LONGEST = {
    "name": 300,
    "given_name": 120,
    "family_name": 120,
    "company": 300,
    "job_title": 150,
    "language": 10,
    "external_id": 200,
}
NOBODY = _("Enter at least one of: name of a person, name of a company, e-mail.")


@dataclass(frozen=True, slots=True)
class Found:
    """A party of a lead and how it was recognised; `among` parties had the same key."""

    key: UUID | None = None
    by: str = ""
    among: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """Where a request came from."""

    form: UUID | None = None
    key: str = ""
    consent: bool = False
    consent_text: str = ""
    consent_version: str = ""
    language: str = ""
    page: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    #: The request as it was kept before it became a lead.
    kept: Any = None


def request_of(kept: Any, **changes: Any) -> Request:
    """A request that was kept, with changes."""
    same = Request(
        kept.form_id, kept.submission_key, kept.consent, kept.consent_text, kept.consent_version, kept.language, kept.page, kept.data, kept
    )  # fmt: skip
    return replace(same, **changes)


def take(actor: Actor, who: Mapping[str, Any], values: Mapping[str, Any], request: Request) -> Any:
    """One lead about the party that `who` describes, with the request it came from, in one change-set."""
    given = cleaned(who)
    owner = values.get("owner")
    with change_set(actor, kind="intake", entity="sales.lead"):
        company = company_of(actor, given, owner)
        person = person_of(actor, given, owner)
        employ(person, company, given)
        rest = {
            "person": person.key,
            "company": company.key,
            "name": title(given, values),
            "language": given.get("language", ""),
        }
        filled = {name: value for name, value in (rest | dict(values)).items() if value not in (None, "", [])}
        lead = writes.create(
            actor, registry.get("sales.lead"), filled | ({"owner": owner} if "owner" in values else {})
        )
        mark(lead, person, company)
        keep(request, lead)
    return lead


def cleaned(who: Mapping[str, Any]) -> dict[str, Any]:
    """What describes the party, in normal forms; raises Refused naming each field that cannot be, and without anybody (R13)."""
    errors: dict[str, list[Any]] = {}
    given: dict[str, Any] = {}
    for name, raw in who.items():
        try:
            given[name] = one(name, raw)
        except BadValue as error:
            errors[name] = [error.message]
    if errors:
        raise Refused(errors)
    given = {name: value for name, value in given.items() if value}
    if not given.keys() & {"name", "given_name", "family_name", "company", "email"}:
        raise Refused({"email": [NOBODY]})
    return given


def one(name: str, raw: Any) -> Any:
    """One value in its normal form, as the party's own field takes it."""
    entity = registry.get("parties.company" if name in COMPANY else "parties.person")
    spec = entity.fields.get({"company": "name"}.get(name, name))
    if raw is not None and not isinstance(raw, str):
        raise BadValue(_("A text is expected here."))
    if spec is None or name in ("external_id", "name"):
        spec = entity.fields["native_name"]
    text = spec.type.parse(raw or "", spec) if name != "name" else " ".join((raw or "").split())
    if text and len(text) > LONGEST.get(name, 500):
        raise BadValue(_("At most %(limit)d characters.") % {"limit": LONGEST.get(name, 500)})
    return text


def title(given: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The title of a lead: its subject, else the company, the person, the e-mail before "@" (R12)."""
    person = " ".join(filter(None, (given.get("given_name"), given.get("family_name")))) or given.get("name")
    found = values.get("name") or given.get("company") or person or given.get("email", "").partition("@")[0]
    return str(found)[:200]


def company_of(actor: Actor, given: Mapping[str, Any], owner: Any) -> Found:
    """The company by external id, tax id or equal name, else a new provisional one; none without a name."""
    if not given.get("company"):
        return Found()
    entity = registry.get("parties.company")
    row = {"name": given["company"]}
    if found := recognise(actor, entity, row):
        return found
    alone = not is_somebody(given)
    extra = ("website", "country", *(("phone",) if alone else ()))
    return new(entity, row | {name: given[name] for name in extra if given.get(name)}, owner)


def person_of(actor: Actor, given: Mapping[str, Any], owner: Any) -> Found:
    """The person by external id or e-mail, else a new provisional one; none without a name and an e-mail."""
    if not is_somebody(given):
        return Found()
    entity = registry.get("parties.person")
    ids = {"external_ids": [given["external_id"]]} if given.get("external_id") else {}
    row = {name: given[name] for name in ("email",) if given.get(name)} | ids
    if row and (found := recognise(actor, entity, row)):
        return found
    names = {name: given[name] for name in ("given_name", "family_name") if given.get(name)} or whole(given)
    plain = {name: given[name] for name in ("phone", "language") if given.get(name)}
    return new(entity, row | names | plain, owner)


def is_somebody(given: Mapping[str, Any]) -> bool:
    """Whether a person is described."""
    return bool(given.keys() & {"name", "given_name", "family_name", "email"})


def whole(given: Mapping[str, Any]) -> dict[str, str]:
    """A whole name divided; one that cannot be divided stays as it is."""
    if not given.get("name"):
        return {}
    name = parse_name(given["name"], given.get("language", ""))
    parts = {"given_name": name.given, "middle_name": name.middle, "family_name": name.family}
    found = {field: text for field, text in parts.items() if text and len(text) <= 120}
    return found or {"family_name": given["name"][:120]}


def recognise(actor: Actor, entity: Any, row: Mapping[str, Any]) -> Found | None:
    """The known party of incoming values; one that the actor may not see stays unknown to the actor."""
    (found,) = resolve(entity, [row])
    if not found or not entity.rows(actor).filter(pk=found.party).exists():
        return None
    return Found(found.party, found.reason, found.among)


def new(entity: Any, values: Mapping[str, Any], owner: Any) -> Found:
    """A provisional party, which belongs to who owns the lead (R11)."""
    made = writes.create(SYSTEM, entity, {**values, "status": "provisional", "owner": owner})
    return Found(made.pk, "new", 1)


def employ(person: Found, company: Found, given: Mapping[str, Any]) -> None:
    """A new person of a company gets a job there; known people are left as they are."""
    if person.by == "new" and company.key:
        title = {"title": given["job_title"]} if given.get("job_title") else {}
        writes.create(
            SYSTEM, registry.get("parties.employment"), {"person": person.key, "company": company.key, **title}
        )


def mark(lead: Any, person: Found, company: Found) -> None:
    """Note on the lead how its parties were recognised."""
    values = {"person_by": person.by or None, "company_by": company.by or None}
    follow(registry.get("sales.lead"), [Item(lead, {name: value for name, value in values.items() if value})])


def keep(request: Request, lead: Any | None, status: str = "taken") -> Any:
    """Keep a request with the lead it became, or with the status it has without one; one that was kept before is renewed."""
    entity = registry.get("sales.leadsubmission")
    if request.kept is not None:
        values = {"lead": lead.pk if lead else None, "status": status, "data": dict(request.data)}
        follow(entity, [Item(request.kept, values)])
        return request.kept
    values = {
        "form": request.form, "lead": lead.pk if lead else None, "submission_key": request.key or str(lead.pk if lead else ""), "status": status, "received_at": now(),
        "data": dict(request.data), "consent": request.consent, "consent_text": request.consent_text, "consent_version": request.consent_version, "language": request.language, "page": request.page[:300],
    }  # fmt: skip
    made = maker(entity.model)()
    follow(entity, [Item(made, {name: value for name, value in values.items() if value is not None}, is_new=True)])
    return made
