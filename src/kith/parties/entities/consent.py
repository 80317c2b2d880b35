"""Consent: what a person or company agreed to, for which purpose and channel, on what ground, since when, with its proof (X41)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Section
from kith.core.fields import ChoiceField, Link, StoredFileField
from kith.core.records import Part
from kith.core.specs import ComputedSpec
from kith.core.types import TYPES


class Purpose(HueChoices):
    MARKETING = "marketing", "violet", _("marketing")
    NEWS = "newsletter", "blue", _("newsletter")
    CALLS = "calls", "teal", _("sales calls")
    SURVEYS = "surveys", "amber", _("surveys")
    PROFILING = "profiling", "plum", _("profiling")
    SHARING = "sharing", "orange", _("passing on to partners")
    REQUEST = "request", "grey", _("answering a request")


class Consent(Part):
    class Basis(HueChoices):
        CONSENT = "consent", "green", _("consent")
        CONTRACT = "contract", "blue", _("contract")
        LAW = "law", "grey", _("legal duty")
        INTEREST = "interest", "amber", _("legitimate interest")

    class Channel(HueChoices):
        MAIL = "email", "blue", _("e-mail")
        PHONE = "phone", "teal", _("phone")
        MESSENGER = "messenger", "green", _("messenger")
        POST = "post", "amber", _("post")

    party = Link("parties.Party", _("of"), back="consents", part_of=True)
    purpose = ChoiceField(_("purpose"), Purpose, default=Purpose.MARKETING)
    channel = ChoiceField(_("channel"), Channel, blank=True, default="", help_text=_("Empty: every channel."))
    basis = ChoiceField(_("legal basis"), Basis, default=Basis.CONSENT)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    expires_on = models.DateField(_("good until"), null=True, blank=True)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Where it was given: a form, a call, a fair …")
    )
    text = models.TextField(_("text agreed to"), blank=True)
    text_version = models.CharField(_("version of the text"), max_length=40, blank=True)
    proof = StoredFileField(_("proof"), blank=True)
    proof_note = models.TextField(_("how it is proved"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar[list[str]] = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return str(Purpose(self.purpose).label)


class State(HueChoices):
    GIVEN = "given", "green", _("given")
    WITHDRAWN = "withdrawn", "rose", _("withdrawn")
    EXPIRED = "expired", "grey", _("expired")


def state_of(consent: Consent) -> str:
    """How it stands today."""
    if consent.withdrawn_at:
        return str(State.WITHDRAWN)
    over = consent.expires_on is not None and consent.expires_on < timezone.localdate()
    return str(State.EXPIRED if over else State.GIVEN)


def in_state(op: str, states: Any, actor: Actor, me: Actor) -> Q:
    """The filter by state."""
    today = timezone.localdate()
    each = {
        "withdrawn": Q(withdrawn_at__isnull=False),
        "expired": Q(withdrawn_at=None, expires_on__lt=today),
        "given": Q(withdrawn_at=None) & (Q(expires_on=None) | Q(expires_on__gte=today)),
    }
    found = Q(pk__in=[])
    for state in each if op == "filled" else () if op == "empty" else states:
        found |= each[state]
    return ~found if op == "not_any" else found


STATE = ComputedSpec(
    name="state",
    label=_("state"),
    type=TYPES["choice"],
    choices=tuple((str(key), label) for key, label in State.choices),
    hues={str(member): member.hue for member in State},
    editable=False,
    compute=state_of,
    where=in_state,
)


class ConsentEntity(Entity):
    model = Consent
    example: ClassVar[dict[str, Any]] = {"withdrawn_at": None, "expires_on": None}
    slug, icon, title = "consents", "shield-check", "purpose"
    menu, menu_order = "customers", 80
    columns = ("purpose", "party", "channel", "state", "basis", "given_at", "withdrawn_at", "source")
    filters = ("purpose", "channel", "state", "basis", "given_at", "withdrawn_at")
    search = ("source", "text_version")
    hidden = ("org_unit",)
    personal = ("text", "source", "proof", "proof_note")
    computed = (STATE,)
    sections = (
        Section(_("Basics"), "party", "purpose", "channel", "basis", "state", "given_at", "withdrawn_at", "expires_on"),
        Section(_("Proof"), "source", "text", "text_version", "proof", "proof_note"),
    )
    access = Access(own=(), parent="party")
    actions = (
        Action("withdraw", _("Withdraw"), "kith.parties.consents.withdraw", icon="ban", bulk=True, right="edit"),
    )
    has_timeline = in_search = False
    match = ("external_ids",)

    def validate(self, record: Consent, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Given before it is withdrawn, and not in the future."""
        from kith.parties import consents

        return consents.validate(record, values)
