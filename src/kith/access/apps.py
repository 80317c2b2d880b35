"""Who may do what: users, groups, roles, shares, tokens."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may do what: users, groups, roles, shares, tokens."""

    name = "kith.access"
    label = "access"
