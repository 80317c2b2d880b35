"""Routes: each app brings its own `urls.py`; core comes last, because its /<slug>/ pages match almost anything."""

from importlib import import_module

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule


def _routes() -> list[URLPattern | URLResolver]:
    configs = [c for c in apps.get_app_configs() if c.name.startswith("kith.")]
    configs.sort(key=lambda config: config.label == "core")
    return [
        path("", include(import_module(f"{config.name}.urls")))
        for config in configs
        if config.module is not None and module_has_submodule(config.module, "urls")
    ]


urlpatterns = _routes()
