"""User: somebody, or a service, that signs in to Kith."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import verify_password
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kith.access import panels
from kith.core import proof
from kith.core.access import Actor, by_rules, right
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Panel, Related, Section
from kith.core.errors import Forbidden
from kith.core.fields import ChoiceField, MailField
from kith.core.records import Record

TASTE = frozenset({"theme", "density", "shortcuts"})
PERSONAL = TASTE | {"name", "language", "time_zone"}


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username, deleted_at=None)


class User(AbstractBaseUser, Record):
    class Kind(HueChoices):
        PERSON = "person", "teal", _("person")
        SERVICE = "service", "violet", _("service")

    class Language(HueChoices):
        EN = "en", "grey", "English"
        RU = "ru", "grey", "Русский"
        ZH = "zh-hans", "grey", "简体中文"

    class Theme(HueChoices):
        AUTO = "auto", "grey", _("as the system")
        LIGHT = "light", "grey", _("light")
        DARK = "dark", "grey", _("dark")

    class Density(HueChoices):
        COMFORTABLE = "comfortable", "grey", _("comfortable")
        COMPACT = "compact", "grey", _("compact")

    name = models.CharField(_("name"), max_length=150)
    email = MailField(_("e-mail"))
    kind = ChoiceField(_("kind"), Kind, default=Kind.PERSON)
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = ChoiceField(_("language"), Language, default=Language.EN)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    theme = ChoiceField(_("theme"), Theme, default=Theme.AUTO)
    density = ChoiceField(_("density"), Density, default=Density.COMFORTABLE)
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    auth_epoch = models.PositiveIntegerField(default=1, editable=False)
    second_factor = models.BooleanField(default=False, editable=False)  # whether there is one: see access.factors
    temporary_until = models.DateTimeField(
        null=True, editable=False
    )  # a one-time password: until then, and only to choose another

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    BOOKKEEPING = Record.BOOKKEEPING | {"password", "last_login", "auth_epoch", "second_factor", "temporary_until"}

    class Meta(Record.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(deleted_at=None),
                name="user_email",
                violation_error_message=_("Another user already signs in with this e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password; renewing old hashes is left to the sign-in, which may write."""
        return raw_password is not None and verify_password(raw_password, self.password)[0]

    def get_session_auth_hash(self) -> str:
        """Sessions end when the password or the epoch of the user changes."""
        from django.utils.crypto import salted_hmac

        return salted_hmac("kith.session", f"{self.password}{self.auth_epoch}", algorithm="sha256").hexdigest()


class UserEntity(Entity):
    model = User
    example: ClassVar[dict[str, Any]] = {"time_zone": "Europe/Berlin"}
    slug, icon, menu = "users", "user-round", "settings"
    natural_key = ("email",)
    columns = ("name", "email", "kind", "org_unit", "is_active", "language", "updated_at")
    filters = ("kind", "is_active", "org_unit", "language")
    search = ("name", "email")
    hidden = ("owner",)
    sections = (
        Section(_("Basics"), "name", "email", "kind", "is_active", "org_unit"),
        Section(_("Preferences"), "language", "time_zone", "theme", "density", "shortcuts"),
    )
    related = (Related("access.groupmember", "user", _("Groups")), Related("access.rolegrant", "user", _("Roles")))
    panels = (Panel("rights", _("Effective rights"), "access/user_rights.html", panels.user_rights),)
    actions = (
        Action("invite", _("Send a link to choose a password"), "kith.access.actions.invite", icon="mail"),
        Action(
            "one_time_password",
            _("Make a one-time password"),
            "kith.access.actions.one_time_password",
            icon="key-round",
        ),
        Action("reset_factors", _("Reset second factors"), "kith.access.actions.reset_factors", icon="shield-off"),
        Action("sign_out", _("Sign out everywhere"), "kith.access.actions.sign_out", icon="log-out", bulk=True),
        Action("deactivate", _("Deactivate"), "kith.access.actions.deactivate", icon="user-x", bulk=True),
        Action("activate", _("Activate again"), "kith.access.actions.activate", icon="user-check", bulk=True),
    )
    access = Access(own=(), public=True)
    sort = ("name",)
    log_as = "rights"

    def prepare(self, batch: Batch) -> None:
        """A new user cannot sign in until a password is chosen; without a right one changes only personal settings, and only one's own (R141)."""
        for item in batch.items:
            if item.is_new:
                item.record.set_unusable_password()
        if any(
            item.values.get("email", item.record.email) != item.record.email for item in batch.items if not item.is_new
        ):
            proof.demand()
        if batch.operation == "edit" and not batch.actor.is_system:
            keys = [item.record.pk for item in batch.items]
            ruled = set(
                self.rows(batch.actor, "edit")
                .filter(by_rules(self, batch.actor, "edit"), pk__in=keys)
                .values_list("pk", flat=True)
            )
            locked = [
                name
                for item in batch.items
                if item.record.pk not in ruled
                for name in item.values
                if name not in PERSONAL
            ]
            if locked:
                raise Forbidden(right(self, "edit"), _("You may change only your personal settings."), locked)

    def validate(self, record: User, values: dict[str, Any]) -> dict[str, list[Any]]:
        """The time zone must exist."""
        from zoneinfo import available_timezones

        zone = values.get("time_zone")
        return (
            {"time_zone": [_("Unknown time zone; write it like Europe/Moscow.")]}
            if zone and zone not in available_timezones()
            else {}
        )

    def warn(self, actor: Actor, record: User, values: dict[str, Any]) -> list[Any]:
        """Another department may bring or take roles."""
        from kith.access import looking  # it reads users

        moves = not record._state.adding and values.get("org_unit", record.org_unit_id) != record.org_unit_id
        return looking.warnings(actor, record, values) if moves else []

    def derive(self, batch: Batch) -> None:
        """Rights are computed anew, unless only the look of pages changed; a deactivated user's sessions end."""
        from kith.access import lockout, role_changes
        from kith.access.epoch import bump, end_sessions
        from kith.access.passwords import welcome  # these read users

        if any(not (item.after and TASTE.issuperset(item.after)) for item in batch.items):
            bump()
        lockout.guard(batch)
        if batch.operation == "create" and not batch.actor.is_system:
            welcome([item.record for item in batch.items])
        end_sessions(
            [
                item.record
                for item in batch.items
                if "is_active" in item.after or "email" in item.after or batch.operation == "delete"
            ]
        )
        role_changes.by_departments(item.record for item in batch.items if "org_unit" in item.after and not item.is_new)

    def log_kind(self, op: str, names: frozenset[str]) -> str:
        """Personal settings are no change of rights."""
        return op if op == "update" and names <= PERSONAL else "rights"

    def extra_access(self, actor: Actor, operation: str) -> Q | None:
        """Everybody may change personal settings of the own user (R141); `prepare` guards the others."""
        return Q(pk=actor.id) if operation == "edit" and actor.kind == "user" else None
