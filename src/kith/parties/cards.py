"""Address cards (vCard) of companies and people, with the contact points and addresses the reader may see."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import get_language

from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.exchange.formats.cards import Address, Card, CardDate, Contact
from kith.core.identity.countries import country_name

PLACES = {"email": "emails", "phone": "phones", "site": "urls", "messenger": "messengers"}


def of(actor: Actor, records: Sequence[Any]) -> Iterator[Card]:
    """One card for each party; two queries for all of them."""
    keys = [record.pk for record in records]
    points, addresses = parts("parties.contactpoint", actor, keys), parts("parties.address", actor, keys)
    employers = {record.employer_id for record in records} - {None}
    companies = {
        company.pk: company.name
        for company in registry.get("parties.company").rows(actor).filter(pk__in=employers).only("pk", "name")
    }
    for record in records:
        card = named(actor, record, companies)
        for point in points[record.pk]:
            getattr(card, PLACES[point.kind]).append(Contact(point.value, (), point.label, point.is_primary))
        card.addresses = [postal(address) for address in addresses[record.pk]]
        yield card


def parts(label: str, actor: Actor, keys: list[Any]) -> dict[Any, list[Any]]:
    """Parts of parties by party, primary ones first."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for part in registry.get(label).rows(actor).filter(party__in=keys).order_by("-is_primary", "created_at", "pk"):
        found[part.party_id].append(part)
    return found


def named(actor: Actor, record: Any, companies: dict[Any, str]) -> Card:
    """The card with names and what belongs to the party itself; sensitive fields only for those who may read them."""
    from kith.core.access import readable

    if record.kind == "company":
        return Card(
            kind="company", full_name=record.name, company=record.name, notes=record.description, uid=str(record.pk)
        )
    born = record.birth_date if "birth_date" in readable(actor, registry.get("parties.person")) else None
    return Card(
        full_name=record.name, family_name=record.family_name, given_name=record.given_name, additional_names=record.middle_name, prefix=record.prefix, suffix=record.suffix,
        company=companies.get(record.employer_id, ""), title=record.job_title, notes=record.description, uid=str(record.pk), birthday=born and CardDate(born.month, born.day, born.year),
    )  # fmt: skip


def postal(address: Any) -> Address:
    """An address of a card."""
    country = country_name(address.country, get_language() or "en") if address.country else ""
    street = "\n".join(filter(None, (address.street, address.street2)))
    return Address(
        street=street,
        city=address.city,
        region=address.region,
        postcode=address.postcode,
        country=country,
        is_preferred=address.is_primary,
    )
