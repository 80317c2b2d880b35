"""Tag: a coloured word that any record can carry."""

from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity
from kith.core.records import Pick


class Tag(Pick):
    class Meta(Pick.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")


class TagEntity(Entity):
    model = Tag
    slug, icon = "tags", "tag"
    columns = ("name", "hue", "is_active", "updated_at")
    search = ("name",)
    access = Access(public=True)
    has_timeline = in_search = False
