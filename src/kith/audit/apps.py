"""Who did what, when and through what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when and through what."""

    name = "kith.audit"
    label = "audit"
