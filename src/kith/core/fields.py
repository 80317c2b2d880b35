"""Model fields that know more than their column: what kind of thing the text or number is."""

from typing import Any

from django.conf import settings
from django.db import models


class RichTextField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Formatted text; stored as written, sanitised when shown."""


class PhoneField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """A phone number: E.164 with optional extension, or as typed when it is no valid number (R20, R21)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)


class MailField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """An e-mail address in its normal form (R18)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        super().__init__(*args, **kwargs)


class WebField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """A web address with scheme http or https (R17)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 500)
        super().__init__(*args, **kwargs)


class CountryField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """A country as ISO 3166-1 alpha-2 code; people write it in their language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2)
        super().__init__(*args, **kwargs)


class PercentField(models.DecimalField):  # type: ignore[type-arg]  # generic only in the stubs
    """A share in percent: 12.5 means 12.5 %."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 7)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class MoneyField(models.DecimalField):  # type: ignore[type-arg]  # generic only in the stubs
    """An amount; a second column `<name>_currency` is added beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        # Migration states already hold the currency column as a field of its own.
        if cls.__module__ != "__fake__" and not cls._meta.abstract:
            models.CharField(max_length=3, blank=True, default="", editable=False).contribute_to_class(
                cls, f"{name}_currency"
            )


class FormulaField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """An expression of the language of formulas (`core.formulas`)."""


class TranslationsField(models.JSONField):
    """Names by language code: {"ru": "…", "zh-hans": "…"}."""


class ConditionField(models.JSONField):
    """A condition on records; `about` names the field that says on which kind: "entity", or "rule.entity" over a link.

    `decides`: it decides for others (`core.deciding`).
    """

    def __init__(self, *args: Any, about: str = "entity", decides: bool = False, **kwargs: Any) -> None:
        self.about, self.decides = about, decides
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class StoredFileField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """The key of a stored file; its bytes lie in `core.files`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)


class Link(models.ForeignKey):  # type: ignore[type-arg]  # generic only in the stubs
    """A link to one record of another entity: `Link("parties.Company", _("company"), back="people")`.

    `optional` allows none; `part_of` makes this record a part of the target: it shares its rights and its trash.
    """

    def __init__(
        self,
        to: Any,
        verbose_name: Any = None,
        *,
        back: str = "+",
        optional: bool = False,
        part_of: bool = False,
        **kwargs: Any,
    ) -> None:
        self.part_of = part_of
        kwargs.setdefault("on_delete", models.SET_NULL if optional else models.PROTECT)
        kwargs.setdefault("related_name", back)
        if optional:
            kwargs.setdefault("null", True)
            kwargs.setdefault("blank", True)
        super().__init__(to, verbose_name=verbose_name, **kwargs)


def user_link(label: Any, **kwargs: Any) -> Link:
    """An optional link to a user."""
    return Link(settings.AUTH_USER_MODEL, label, optional=True, **kwargs)


class ChoiceField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """One of a HueChoices; labels and hues never make a migration."""

    def __init__(self, verbose_name: Any = None, enum: Any = None, **kwargs: Any) -> None:
        self.enum = enum
        kwargs.setdefault("max_length", 30)
        if enum is not None:
            kwargs["choices"] = enum.choices
        if kwargs.get("default") is not None:
            kwargs["default"] = str(kwargs["default"])
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs
