"""Choices that carry a hue, so that lists, boards and forms colour them alike."""

from typing import Any

from django.db.models import Choices


class HueChoices(str, Choices):
    """Like TextChoices, with a hue between value and label: `WON = "won", "green", _("Won")`."""

    hue: str

    def __new__(cls, value: str, hue: str = "grey") -> Any:
        member = str.__new__(cls, value)
        member._value_ = value
        member.hue = hue
        return member

    def __str__(self) -> str:
        return str(self.value)
