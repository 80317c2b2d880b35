"""Routes of core: special addresses first, pages of entities last, because `/<slug>/` matches almost anything."""

from importlib import import_module
from importlib.util import find_spec

from kith.core.api.urls import urlpatterns as api_patterns

SURFACES = (
    "health",
    "home",
    "palette",
    "undo",
    "settings",
    "jobs",
    "files",
    "import",
    "export",
    "reports",
    "past",
    "control",
    "formulas",
    "dashboards",
    "records",
    "lists",
    "fields",
)

urlpatterns = [
    *api_patterns,
    *(
        pattern
        for surface in SURFACES
        if find_spec(f"kith.core.ui.urls_{surface}")
        for pattern in import_module(f"kith.core.ui.urls_{surface}").urlpatterns
    ),
]
