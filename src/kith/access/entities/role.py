"""Role: a set of permission items that is granted to users, groups and departments for a time."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.access import panels
from kith.core.access import LEVEL_LABELS, LEVELS, Actor
from kith.core.batch import Batch
from kith.core.entity import OPERATIONS, Access, Entity, Panel, Related, Section, registry
from kith.core.fields import Link
from kith.core.records import Part, Record

LEVEL_CHOICES = [(level, LEVEL_LABELS[level]) for level in LEVELS]
FIELD_CHOICES = [("none", _("hidden")), ("read", _("read only")), ("edit", _("read and write"))]


class RightsEntity(Entity, abstract=True):
    """What the entities of this file share: changes are rights changes and take effect at once."""

    has_timeline = in_search = False
    log_as = "rights"

    def warn(self, actor: Actor, record: Any, values: dict[str, Any]) -> list[Any]:
        """Who would come to see sensitive fields, or nothing any more."""
        from kith.access import looking  # it reads roles

        return looking.warnings(actor, record, values)

    def derive(self, batch: Batch) -> None:
        """Rights are computed anew; nobody takes the right to change rights from oneself unawares."""
        from kith.access import lockout
        from kith.access.epoch import bump  # these read roles

        bump()
        lockout.guard(batch)


class Role(Record):
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    second_factor = models.BooleanField(
        _("demands a second factor"),
        default=False,
        help_text=_("Whoever has this role signs in with an authenticator app or a passkey beside the password."),
    )

    class Meta(Record.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class RoleEntity(RightsEntity):
    model = Role
    slug, icon, menu = "roles", "shield-check", "settings"
    is_configuration = True
    natural_key = ("name",)
    columns = ("name", "description", "second_factor", "updated_at")
    filters = ("second_factor",)
    search = ("name", "description")
    sections = (Section(_("Basics"), "name", "description", "second_factor"),)
    related = (
        Related("access.rolegrant", "role", _("Given to"), show=("user", "group", "org_unit_granted", "valid_to")),
    )
    panels = (Panel("permissions", _("Permissions"), "access/role_panel.html", panels.role),)
    access = Access(own=(), public=True)


class PolicyRule(Part):
    role = Link("access.Role", _("role"), part_of=True)
    entity = models.CharField(_("kind of record"), max_length=60, help_text=_("“*” stands for every kind."))
    operation = models.CharField(_("operation"), max_length=60, help_text=_("“*” stands for every operation."))
    level = models.CharField(_("level"), max_length=10, choices=LEVEL_CHOICES, default="all")
    deny = models.BooleanField(_("denies"), default=False)
    condition = models.JSONField(_("only where"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("permission item")
        verbose_name_plural = _("permission items")

    def __str__(self) -> str:
        return f"{self.entity}:{self.operation} {self.level}"


def operations(entity: Entity) -> list[str]:
    """What rules may say about an entity: the common operations and its actions with a right of their own."""
    return ["*", *OPERATIONS, *(action.name for action in entity.actions if not action.right)]


class PolicyRuleEntity(RightsEntity):
    model = PolicyRule
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company",
        "operation": "view",
        "level": "own",
        "condition": None,
    }
    slug, icon, title = "policy-rules", "shield", "entity"
    is_configuration = True
    natural_key = ("entity", "operation", "level", "deny", "condition")
    facts: ClassVar[dict[str, dict[str, Any]]] = {"condition": {"decides": True}}
    columns = ("role", "entity", "operation", "level", "deny", "updated_at")
    access = Access(own=(), parent="role")

    def validate(self, record: PolicyRule, values: dict[str, Any]) -> dict[str, list[Any]]:
        """The kind of record must exist and the condition must be a filter of it."""
        from kith.core.access import SYSTEM, SYSTEM_RIGHTS
        from kith.core.filters import BadFilter, compile_filter, from_json

        label, condition, operation = (
            values.get(name, getattr(record, name)) for name in ("entity", "condition", "operation")
        )
        if label == "system":
            return (
                {}
                if operation in (*SYSTEM_RIGHTS, "*")
                else {
                    "operation": [
                        _("Unknown right; there are: %(valid)s.") % {"valid": ", ".join(["*", *SYSTEM_RIGHTS])}
                    ]
                }
            )
        entity = registry.find(label or "")
        if label != "*" and entity is None:
            return {
                "entity": [
                    _("Unknown kind of record; there are: %(valid)s.")
                    % {"valid": ", ".join(["*", "system", *registry.by_label])}
                ]
            }
        try:
            if condition and entity is not None:
                compile_filter(entity, from_json(condition), SYSTEM)
        except BadFilter as error:
            return {"condition": [error.message]}
        level, deny = (values.get(name, getattr(record, name)) for name in ("level", "deny"))
        if operation == "sensitive" and not deny and (condition or level not in ("all", "none")):
            return {
                "level": [
                    _(
                        "The sight of sensitive fields is given for all rows or not at all; choose “all” without a condition."
                    )
                ]
            }
        if entity is not None and operation not in operations(entity):
            return {
                "operation": [_("Unknown operation; there are: %(valid)s.") % {"valid": ", ".join(operations(entity))}]
            }
        return {"condition": [_("A condition needs one kind of record.")]} if condition and entity is None else {}


class FieldPolicy(Part):
    role = Link("access.Role", _("role"), part_of=True)
    entity = models.CharField(_("kind of record"), max_length=60)
    field = models.CharField(_("field"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=FIELD_CHOICES, default="read")
    deny = models.BooleanField(_("for all, whatever other roles say"), default=False)

    class Meta(Part.Meta):
        verbose_name = _("field permission")
        verbose_name_plural = _("field permissions")

    def __str__(self) -> str:
        return f"{self.entity}.{self.field} {self.level}"


class FieldPolicyEntity(RightsEntity):
    model = FieldPolicy
    example: ClassVar[dict[str, Any]] = {"entity": "parties.company", "field": "discount", "level": "read"}
    slug, icon, title = "field-policies", "eye-off", "field"
    is_configuration = True
    natural_key = ("entity", "field", "level", "deny")
    columns = ("role", "entity", "field", "level", "updated_at")
    access = Access(own=(), parent="role")

    def validate(self, record: FieldPolicy, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Entity and field must exist."""
        label, name = (str(values.get(part, getattr(record, part)) or "") for part in ("entity", "field"))
        entity = registry.find(label)
        if entity is None:
            return {
                "entity": [_("Unknown kind of record; there are: %(valid)s.") % {"valid": ", ".join(registry.by_label)}]
            }
        if name not in entity.fields:
            return {"field": [_("Unknown field; there are: %(valid)s.") % {"valid": ", ".join(entity.fields)}]}
        return {}


class RoleGrant(Part):
    role = Link("access.Role", _("role"), part_of=True)
    user = Link("access.User", _("user"), optional=True)
    group = Link("access.Group", _("group"), optional=True)
    org_unit_granted = Link("people.OrgUnit", _("department"), optional=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")

    def __str__(self) -> str:
        return f"{self.role} → {self.user or self.group or self.org_unit_granted or ''}"


class RoleGrantEntity(RightsEntity):
    model = RoleGrant
    named_by = ("role", "user", "group", "org_unit_granted")
    example: ClassVar[dict[str, Any]] = {"user": ..., "group": None, "org_unit_granted": None}
    slug, icon, title = "role-grants", "key-round", "role"
    is_configuration = True
    natural_key = ("user", "group", "org_unit_granted", "valid_from", "valid_to")
    columns = ("role", "user", "group", "org_unit_granted", "valid_from", "valid_to")
    hidden = ("org_unit",)
    access = Access(own=(), parent="role")

    def validate(self, record: RoleGrant, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Exactly one receiver; the last day follows the first."""
        receivers = [values.get(name, getattr(record, f"{name}_id")) for name in ("user", "group", "org_unit_granted")]
        start, end = values.get("valid_from", record.valid_from), values.get("valid_to", record.valid_to)
        if sum(1 for receiver in receivers if receiver) != 1:
            return {"user": [_("Name exactly one receiver: a user, a group or a department.")]}
        return {"valid_to": [_("The last day lies before the first one.")]} if start and end and end < start else {}

    def derive(self, batch: Batch) -> None:
        """Whoever gets or loses a role signs in anew."""
        from kith.access import role_changes  # reads grants

        super().derive(batch)
        role_changes.by_grants(batch)
