"""Addresses of the settings."""

from django.urls import path

from . import (
    company_settings,
    configuration_page,
    freshness_page,
    layout_page,
    objects_field,
    objects_page,
    settings_page,
)

urlpatterns = [
    path("settings/", settings_page.index, name="settings"),
    path("settings/freshness", freshness_page.show, name="freshness"),
    path("settings/configuration", configuration_page.page, name="configuration"),
    path("settings/configuration/archive", configuration_page.download, name="configuration-archive"),
    path("settings/configuration/apply", configuration_page.apply, name="configuration-apply"),
    path("settings/configuration/runs/<uuid:key>", configuration_page.run, name="configuration-run"),
    path("settings/company", company_settings.page, name="company-settings"),
    path("settings/company/<str:name>", company_settings.exception, name="company-settings-exception"),
    path("settings/objects", objects_page.index, name="objects"),
    path("settings/objects/<slug:slug>", objects_page.one, name="object"),
    path("settings/objects/<slug:slug>/order", objects_page.order, name="object-order"),
    path("settings/objects/<slug:slug>/field/new", objects_field.new, name="object-field-new"),
    path("settings/objects/<slug:slug>/field/<uuid:key>", objects_field.edit, name="object-field"),
    path("settings/objects/<slug:slug>/field/<uuid:key>/<slug:what>", objects_field.act, name="object-field-act"),
    path("settings/layouts/", layout_page.index, name="layouts"),
    path("settings/layouts/<slug:slug>", layout_page.edit, name="layout"),
    path("settings/layouts/<slug:slug>/preview", layout_page.preview, name="layout-preview"),
    path("settings/layouts/<slug:slug>/reset", layout_page.reset, name="layout-reset"),
]
