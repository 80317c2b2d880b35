"""Dictionaries of the parties: industries, sources, kinds of relationship."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity
from kith.core.records import Pick


class Dictionary(Entity, abstract=True):
    """What dictionaries share: everybody reads them, they have no timeline and stand in the settings."""

    menu = "settings"
    columns = ("name", "hue", "position", "is_active", "updated_at")
    search = ("name",)
    access = Access(public=True)
    has_timeline = in_search = False
    match = ("name",)
    sort = ("name",)


class Industry(Pick):
    class Meta(Pick.Meta):
        verbose_name = _("industry")
        verbose_name_plural = _("industries")


class IndustryEntity(Dictionary):
    model = Industry
    slug, icon = "industries", "factory"


class Source(Pick):
    class Meta(Pick.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class SourceEntity(Dictionary):
    model = Source
    slug, icon = "sources", "route"


class RelationshipType(Pick):
    inverse = models.CharField(_("seen from the other side"), max_length=120, blank=True)
    is_family = models.BooleanField(_("family"), default=False)

    class Meta(Pick.Meta):
        verbose_name = _("kind of relationship")
        verbose_name_plural = _("kinds of relationship")


class RelationshipTypeEntity(Dictionary):
    model = RelationshipType
    slug, icon = "relationship-types", "heart-handshake"
