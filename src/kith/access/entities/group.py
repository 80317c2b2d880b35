"""Group: users and other groups that share roles; a team also shares its records at the level "team"."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.access import panels
from kith.core.access import Actor
from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Panel, Related, Section
from kith.core.fields import Link
from kith.core.records import Part, Record


class Group(Record):
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    is_team = models.BooleanField(
        _("team"), default=True, help_text=_("Members see each other's records at the level “team”.")
    )

    class Meta(Record.Meta):
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class GroupEntity(Entity):
    model = Group
    slug, icon, menu = "groups", "users-round", "settings"
    is_configuration = True
    natural_key = ("name",)
    columns = ("name", "description", "is_team", "updated_at")
    search = ("name", "description")
    sections = (Section(_("Basics"), "name", "description", "is_team"),)
    related = (
        Related("access.groupmember", "group", _("Members"), show=("user", "child", "valid_to")),
        Related("access.rolegrant", "group", _("Roles")),
    )
    panels = (Panel("tree", _("All members"), "access/group_tree.html", panels.group),)
    access = Access(own=(), public=True)
    sort = ("name",)
    log_as = "rights"

    def derive(self, batch: Batch) -> None:
        """Rights are computed anew."""
        from kith.access import lockout
        from kith.access.epoch import bump  # these read groups

        bump()
        lockout.guard(batch)


class GroupMember(Part):
    group = Link("access.Group", _("group"), part_of=True)
    user = Link("access.User", _("user"), optional=True)
    child = Link("access.Group", _("member group"), optional=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("group membership")
        verbose_name_plural = _("group memberships")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(user=None, child__isnull=False) | models.Q(user__isnull=False, child=None),
                name="groupmember_one",
                violation_error_message=_("Name either a user or a group, not both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.user or self.child}"


class GroupMemberEntity(Entity):
    model = GroupMember
    named_by = ("group", "user", "child")
    example: ClassVar[dict[str, Any]] = {"user": ..., "child": None}
    slug, icon, title = "group-members", "user-round-plus", "group"
    is_configuration = True
    natural_key = ("user", "child", "valid_from", "valid_to")
    columns = ("group", "user", "child", "valid_from", "valid_to")
    access = Access(own=(), parent="group")
    has_timeline = in_search = False
    log_as = "rights"

    def validate(self, record: GroupMember, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A group may not contain itself, directly or through others; the last day follows the first."""
        from kith.access.closure import reaches

        group, child = (values.get(name, getattr(record, f"{name}_id")) for name in ("group", "child"))
        errors: dict[str, list[Any]] = {}
        if not values.get("user", record.user_id) and not child:
            errors["user"] = [_("Name a user or a group.")]
        if child and group and reaches(child, group):
            errors["child"] = [
                _("This group already contains the other one; groups cannot contain each other in a circle.")
            ]
        start, end = values.get("valid_from", record.valid_from), values.get("valid_to", record.valid_to)
        if start and end and end < start:
            errors["valid_to"] = [_("The last day lies before the first one.")]
        return errors

    def warn(self, actor: Actor, record: Any, values: dict[str, Any]) -> list[Any]:
        """Who would come to see sensitive fields, or nothing any more."""
        from kith.access import looking  # it reads groups

        return looking.warnings(actor, record, values)

    def derive(self, batch: Batch) -> None:
        """Rights are computed anew; whoever gets or loses roles by it signs in anew."""
        from kith.access import lockout, role_changes
        from kith.access.epoch import bump  # these read groups

        bump()
        lockout.guard(batch)
        role_changes.by_members(batch)
