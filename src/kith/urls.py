"""Routes: each app brings its own `urls.py`; core comes last, because its /<slug>/ pages match almost anything."""

from importlib import import_module

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule

from kith.core import health


def _routes() -> list[URLPattern | URLResolver]:
    configs = [c for c in apps.get_app_configs() if c.name.startswith("kith.")]
    configs.sort(key=lambda config: config.label == "core")
    return [
        path("", include(import_module(f"{config.name}.urls")))
        for config in configs
        if config.module is not None and module_has_submodule(config.module, "urls")
    ]


urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *_routes(),
]
handler400 = "kith.core.ui.errors.bad_request"
handler403 = "kith.core.ui.errors.forbidden"
handler404 = "kith.core.ui.errors.not_found"
handler500 = "kith.core.ui.errors.server_error"
