"""Custom objects: kinds of record that an administrator makes at run time."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ObjectsConfig(AppConfig):
    """Custom objects: kinds of record that an administrator makes at run time."""

    name = "kith.objects"
    label = "objects"
    verbose_name = _("Custom objects")

    def ready(self) -> None:
        """Tell the registry where run-time kinds of record come from."""
        from kith.core import guards, trash
        from kith.core.entity import registry, related_sources
        from kith.core.ui import objects_page

        from . import nouns, usage
        from .table import TABLE

        guards.shared.append(TABLE)
        registry.source = nouns.present
        related_sources.append(nouns.related_of)
        trash.holders.append(usage.held)
        objects_page.makers.append(nouns.maker)
