"""No two tabs of a record page read the same, in any language."""

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ui.record_related import tab_of
from kith.core.ui.record_views import tabs


@pytest.mark.django_db
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("label", [entity.label for entity in registry])
def test_every_tab_has_a_name_of_its_own(label, language):
    entity = registry.get(label)
    with translation.override(language):
        lists = [
            tab_of(entity, SYSTEM, entity.model(), related, registry.get(related.entity)) for related in entity.related
        ]
        titles = [str(tab.title).casefold() for tab in tabs(entity, SYSTEM, lists, frozenset({"history"}))]
        assert len(titles) == 2 + len(entity.related) + sum(panel.place == "tab" for panel in entity.panels)
        assert sorted(titles) == sorted(set(titles))
        assert _("History").casefold() in titles
