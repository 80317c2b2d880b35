"""The core app, and two apps of Django that we only take tables and helpers from."""

from django.apps import AppConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig

from kith.core import catalogues


class CoreConfig(AppConfig):
    """The framework; it knows no business noun."""

    name = "kith.core"
    label = "core"

    def ready(self) -> None:
        """Compile the texts that are newer than what Django would load."""
        catalogues.fresh()


class ContentTypes(ContentTypesConfig):
    """Needed by django.contrib.auth's tables; we keep no rows in it."""

    def ready(self) -> None:
        """Register none of Django's signal receivers: Kith refers to models by label."""


class Auth(AuthConfig):
    """Hashers, login and sessions of Django; rights are ours, so no Permission rows are made."""

    def ready(self) -> None:
        """Register none of Django's signal receivers: rights and last login go through core.writes."""
