"""RuleMember: somebody who receives records by an assignment rule: how many, which ones, and not while paused or absent."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity, Section
from kith.core.fields import ConditionField, Link
from kith.core.records import Part


class RuleMember(Part):
    rule = Link("distribution.AssignmentRule", _("rule"), back="members", part_of=True)
    user = Link("access.User", _("user"))
    position = models.PositiveSmallIntegerField(_("place in the list"), default=1)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    capacity = models.PositiveIntegerField(_("capacity per month"), null=True, blank=True, help_text=_("A thirtieth of it is the quota of a day; empty sets no limit, except by daily quota."))  # fmt: skip
    condition = ConditionField(_("takes only"), about="rule.entity", decides=True)
    preference = ConditionField(_("prefers"), about="rule.entity", decides=True)
    is_paused = models.BooleanField(_("paused"), default=False)
    territories = ArrayField(models.UUIDField(), verbose_name=_("territories"), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=40), verbose_name=_("languages"), default=list, blank=True)
    skills = ArrayField(models.CharField(max_length=80), verbose_name=_("skills"), default=list, blank=True)
    absent_from = models.DateField(_("absent from"), null=True, blank=True)
    absent_to = models.DateField(_("absent until"), null=True, blank=True)
    substitute = Link("access.User", _("substitute"), optional=True)

    class Meta(Part.Meta):
        verbose_name = _("member of a rule")
        verbose_name_plural = _("members of rules")
        ordering: ClassVar[list[str]] = ["position", "created_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["rule", "user"],
                condition=models.Q(deleted_at=None),
                name="rulemember_once",
                violation_error_message=_("This person is a member already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class RuleMemberEntity(Entity):
    model = RuleMember
    named_by = ("user",)
    example: ClassVar[dict[str, Any]] = {
        "condition": {}, "preference": {}, "territories": [], "substitute": None, "absent_from": "2026-01-02", "absent_to": "2026-01-09",
    }  # fmt: skip
    slug, icon, title = "rule-members", "user-round-plus", "user"
    is_configuration = True
    natural_key = ("user",)
    columns = (
        "user",
        "rule",
        "position",
        "weight",
        "capacity",
        "condition",
        "is_paused",
        "absent_from",
        "absent_to",
        "substitute",
    )
    filters = ("rule", "user", "is_paused")
    sort = ("rule", "position")
    hidden = ("org_unit", "owner")
    facts: ClassVar[dict[str, dict[str, Any]]] = {
        "territories": {"target": "parties.territory"},
        "languages": {"help": _("As the field of the record says them, such as en, ru, zh; empty takes those of the employee.")},
        "skills": {"help": _("Words that the compared field of the record may hold; empty takes those of the employee.")},
    }  # fmt: skip
    sections = (
        Section(_("Basics"), "rule", "user", "position", "weight", "capacity", "is_paused"),
        Section(_("Which records"), "condition", "preference", "territories", "languages", "skills"),
        Section(_("Absence"), "absent_from", "absent_to", "substitute"),
    )
    access = Access(own=(), parent="rule")
    has_timeline = in_search = False
    match = ("external_ids",)

    def validate(self, record: RuleMember, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Both conditions can be asked; an absence ends after it began."""
        from kith.distribution import checking

        return checking.validate_member(record, values)
