"""The people and companies the company works with."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The people and companies the company works with."""

    name = "kith.parties"
    label = "parties"
