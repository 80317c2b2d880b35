"""Hand-made blocks on the pages of opportunities, leads, competitors, partners and web forms."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.entity import Entity, Panel, registry
from kith.core.legible import legible
from kith.core.titles import HEAVY, Titles
from kith.core.types import TYPES
from kith.core.ui.record_rights import may
from kith.parties import duplicates
from kith.processes.book import book

from . import forms, leads, lines, nearby, next_steps, results, score, scoring
from .parts import COMPETITOR, LINE, ROLE, parts

STATE_WORDS = {
    score.OK: gettext_lazy("good"),
    score.BAD: gettext_lazy("does not work"),
    score.EMPTY: gettext_lazy("none"),
}
FACTOR_WORDS = {
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "region": gettext_lazy("region"),
    "country": gettext_lazy("country"),
}
#: Factors that are read from the party.
OF_PARTY = ("country", "region", "language", "phone", "email")
#: How an attitude is shown beside a role.
DOTS = {"supports": "ok", "neutral": "", "sceptical": "warn", "opposes": "bad", "unknown": ""}


def may_edit(actor: Actor, record: Any) -> bool:
    """Whether the actor may change a record."""
    return "edit" in may(actor, registry.for_model(type(record)), record, ["edit"])


def new_part(label: str, actor: Actor, record: Any) -> str:
    """Where a part of an opportunity is added; "" for who may not."""
    entity = registry.get(label)
    allowed = access.allowed(actor, entity, "create") and may_edit(actor, record)
    return f"/{entity.slug}/new?opportunity={record.pk}" if allowed else ""


# --- opportunities -----------------------------------------------------------------------------------------------------


def next_step(actor: Actor, record: Any) -> dict[str, Any]:
    """Whether a next step is missing, for those who may read it."""
    seen = access.readable(actor, registry.for_model(type(record))) >= {"next_step", "next_step_on"}
    return {"missing": seen and next_steps.is_missing(record)}


def committee(actor: Actor, record: Any) -> dict[str, Any]:
    """Who decides at the customer: role, influence, attitude."""
    return {
        "rows": parts(ROLE, actor, record), "new": new_part(ROLE, actor, record), "dots": DOTS, "edits": may_edit(actor, record), "specs": registry.get(ROLE).fields,
    }  # fmt: skip


def products(actor: Actor, record: Any) -> dict[str, Any]:
    """The product lines with their totals."""
    tells = access.readable(actor, registry.get(LINE)) >= {"quantity", "price", "discount"}
    rows = [(row, row.total if tells else None) for row in parts(LINE, actor, record)]
    return {"rows": rows, "new": new_part(LINE, actor, record)}


@dataclass(frozen=True, slots=True)
class Rival:
    """A competitor met in an opportunity, with what helps against it."""

    row: Any
    competitor: Any
    product: Any
    products: tuple[Any, ...]
    results: results.Results


def rivals(actor: Actor, record: Any) -> dict[str, Any]:
    """Competitors of the opportunity, in short."""
    rows = parts(COMPETITOR, actor, record)
    return {"rows": rows, "new": new_part(COMPETITOR, actor, record), "specs": registry.get(COMPETITOR).fields}


def battle(actor: Actor, record: Any) -> dict[str, Any]:
    """Competitors of the opportunity with all that helps against them."""
    rows = parts(COMPETITOR, actor, record)
    keys = [row.competitor_id for row in rows]
    entity, products = registry.get("sales.competitor"), registry.get("sales.competitorproduct")
    known = {one.pk: one for one in legible(actor, entity, entity.rows(actor).filter(pk__in=keys))}
    offers = legible(actor, products, products.rows(actor).filter(competitor__in=known).order_by("name", "pk"))
    mine = our_products(record)
    cards = [rival(actor, row, known[row.competitor_id], offers, mine) for row in rows if row.competitor_id in known]
    found = titles.load(
        actor, {("catalogue.product", offer.our_product_id) for offer in offers if offer.our_product_id}
    )
    return {
        "cards": cards,
        "ours": found,
        "new": new_part(COMPETITOR, actor, record),
        "specs": registry.get(COMPETITOR).fields,
    }


def our_products(record: Any) -> set[UUID]:
    """What of ours this opportunity is about."""
    return {*record.interest, *lines.lines_of([record.pk]).exclude(product=None).values_list("product_id", flat=True)}


def rival(actor: Actor, row: Any, competitor: Any, offers: Iterable[Any], mine: set[UUID]) -> Rival:
    """One of them: the product named in the opportunity first, then those against our products here, then the others."""
    own = [offer for offer in offers if offer.competitor_id == competitor.pk]
    own.sort(key=lambda offer: (offer.pk != row.product_id, offer.our_product_id not in mine))
    named = next((offer for offer in own if offer.pk == row.product_id), None)
    near = [offer for offer in own if offer is named or offer.our_product_id in mine]
    return Rival(row, competitor, named, tuple(near or own), results.against(actor, competitor))


# --- score -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a score in words."""

    label: str
    value: str
    impact: Decimal


def scored(actor: Actor, record: Any) -> dict[str, Any]:
    """The score with its reasons and how much experience stands behind it."""
    entity = registry.for_model(type(record))
    found = scoring.explain(entity, record) if record.is_open and "score" in access.readable(actor, entity) else None
    if found is None:
        kept = record.score if "score" in access.readable(actor, entity) else None
        return {"score": None, "kept": kept, "open": record.is_open, "renews": renews(actor, entity, record)}
    named, veiled = names(actor, entity, found.factors), veiled_factors(actor, entity, record)
    return {
        "score": found, "record": record, "open": True, "renews": renews(actor, entity, record), "by_hand": record.score_mode == "manual",
        "good": [reason(entity, record, one, named, veiled) for one in found.good], "bad": [reason(entity, record, one, named, veiled) for one in found.bad],
    }  # fmt: skip


def veiled_factors(actor: Actor, entity: Entity, record: Any) -> set[str]:
    """Factors whose values the actor may not read: fields of the record, and what is taken from parties that are hidden."""
    found = {name for name in entity.fields if name not in access.readable(actor, entity)}
    for link, label in leads.PARTIES.items():
        party, key = registry.get(label), getattr(record, f"{link}_id")
        if key:
            seen = link in access.readable(actor, entity) and (label, key) in nearby.parties_of(actor, record)
            found |= set(OF_PARTY) - (access.readable(actor, party) if seen else frozenset())
    return found


def renews(actor: Actor, entity: Entity, record: Any) -> str:
    """Where all scores are computed anew; "" for who may not."""
    return f"/{entity.slug}/{record.pk}/action/recompute" if may_edit(actor, record) else ""


def names(actor: Actor, entity: Entity, factors: Iterable[score.Factor]) -> Titles:
    """Titles of linked records and tags among the factors."""
    wanted = set()
    for one in factors:
        spec = entity.fields.get(one.field)
        if one.field != score.STAGE and spec is not None and spec.target:
            wanted.add((spec.target, UUID(one.value)))
    return titles.load(actor, wanted)


def reason(entity: Entity, record: Any, factor: score.Factor, named: Titles, veiled: Collection[str]) -> Reason:
    """A factor in words."""
    spec = entity.fields.get(factor.field)
    label = str(FACTOR_WORDS.get(factor.field) or (spec.label if spec else factor.field))
    return Reason(
        capfirst(label),
        _("hidden") if factor.field in veiled else shown(factor, spec, record, named),
        factor.impact.quantize(Decimal("0.001"), ROUND_HALF_UP),
    )


def shown(factor: score.Factor, spec: Any, record: Any, named: Titles) -> str:
    """The value of a factor in words."""
    if factor.field == score.STAGE:
        return str(book().stage(record.stage_id) or "")
    if factor.field in score.STATES:
        return str(STATE_WORDS[factor.value])
    if factor.field == "country":
        return TYPES["country"].text(factor.value, spec)
    if spec is not None and spec.target:
        title = named.get((spec.target, UUID(factor.value)))
        return title.text if title else _("hidden")
    return spec.type.text(factor.value, spec) if spec is not None and spec.type.name == "choice" else factor.value


# --- leads -------------------------------------------------------------------------------------------------------------


def who(actor: Actor, lead: Any) -> dict[str, Any]:
    """Whom a lead is about, how that was found out, what was sent, and who else it might be."""
    entity = registry.get("sales.lead")
    readable = access.readable(actor, entity)
    found, provisional = [], False
    for name, label in leads.PARTIES.items():
        key = getattr(lead, f"{name}_id") if name in readable else None
        party = registry.get(label).rows(actor).filter(pk=key).defer(*HEAVY).first() if key else None
        if party is not None:
            provisional |= party.status == "provisional"
            others = doubles(actor, label, party)
            found.append((registry.get(label), *legible(actor, registry.get(label), [party]), way(readable, lead, name), others))  # fmt: skip
    return {
        "parties": found, "sent": sent(actor, lead), "qualifies": lead.is_open and may_edit(actor, lead), "lead": lead, "provisional": provisional,
    }  # fmt: skip


def way(readable: Collection[str], lead: Any, name: str) -> str:
    """How a party of a lead was found out, in words; "" to who may not read that."""
    by = registry.get("sales.lead").fields[f"{name}_by"]
    return by.type.text(by.get(lead), by) if by.name in readable and by.get(lead) else ""


def doubles(actor: Actor, label: str, party: Any) -> list[Any]:
    """Others that a provisional party might be, with reasons."""
    if party.status != "provisional":
        return []
    return list(duplicates.find(registry.get(label), actor, {}, record=party).matches[:3])


def sent(actor: Actor, lead: Any) -> list[tuple[str, str]]:
    """What the request said, as it was sent."""
    entity = registry.get("sales.leadsubmission")
    row = entity.rows(actor).filter(lead=lead.pk).order_by("received_at").first()
    if row is None or "data" not in access.readable(actor, entity):
        return []
    labels = dict(registry.get("sales.leadformfield").fields["kind"].choices)
    return [
        (capfirst(str(labels.get(name, name))), str(value))
        for name, value in row.data.items()
        if name not in ("text", "interest") and not isinstance(value, dict | list)
    ]


def clock(actor: Actor, lead: Any) -> dict[str, Any]:
    """Until when a lead is to be answered, for those who may read that."""
    return {
        "seen": access.readable(actor, registry.get("sales.lead")) >= {"respond_by", "first_response_at"},
        "lead": lead,
        "late": is_late(lead),
        "stops": lead.is_open and not lead.first_response_at and may_edit(actor, lead),
    }


def is_late(lead: Any) -> bool:
    """Whether it should have been answered by now."""
    return bool(registry.get("sales.lead").fields["is_late"].get(lead))


# --- competitors, partners, forms --------------------------------------------------------------------------------------


def competitor_results(actor: Actor, competitor: Any) -> dict[str, Any]:
    """Won and lost against a competitor."""
    return {"results": results.against(actor, competitor), "title": _("Won and lost")}


def partner_results(actor: Actor, company: Any) -> dict[str, Any]:
    """What a partner brought; nothing for companies that are none."""
    found = results.brought(actor, company) if "partner" in company.roles else None
    return {"results": found, "title": _("Brought by this partner")}


def embedding(actor: Actor, form: Any) -> dict[str, Any]:
    """How a form comes onto a site; only where to find it, to who may not read the rest."""
    address, seen = forms.address(form), access.readable(actor, registry.get("sales.leadform"))
    return {
        "address": address,
        "hosts": form.allowed_hosts if "allowed_hosts" in seen else [],
        "frame": frame(address, form.title if "title" in seen else ""),
        "form": form,
        "secure": settings.BASE_URL.startswith("https://"),
    }


def frame(address: str, title: str) -> str:
    """The HTML that shows a form inside another page."""
    return f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="760" style="border:0" loading="lazy"></iframe>'


NEXT_STEP = Panel("next-step", gettext_lazy("Next step"), "sales/next_step.html", next_step, place="head")
COMMITTEE = Panel("committee", gettext_lazy("Buying team"), "sales/committee.html", committee, place="side")
PRODUCTS = Panel("products", gettext_lazy("Products"), "sales/products.html", products, place="side")
RIVALS = Panel("rivals", gettext_lazy("Competition"), "sales/rivals.html", rivals, place="side")
BATTLE = Panel("battle-cards", gettext_lazy("Battle cards"), "sales/battle.html", battle)
SCORE = Panel("score", gettext_lazy("Score"), "sales/score.html", scored, place="side")
WHO = Panel("who", gettext_lazy("Who asks"), "sales/who.html", who, place="side")
CLOCK = Panel("clock", gettext_lazy("First answer"), "sales/clock.html", clock, place="head")
AGAINST = Panel("results", gettext_lazy("Won and lost"), "sales/results.html", competitor_results, place="side")
BROUGHT = Panel("brought", gettext_lazy("Brought by this partner"), "sales/results.html", partner_results, place="side")
EMBED = Panel("embed", gettext_lazy("On your site"), "sales/embed.html", embedding, place="side")
