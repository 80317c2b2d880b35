"""Addresses of the settings."""

from django.urls import path

from . import company_settings, settings_page

urlpatterns = [
    path("settings/", settings_page.index, name="settings"),
    path("settings/company", company_settings.page, name="company-settings"),
    path("settings/company/<str:name>", company_settings.exception, name="company-settings-exception"),
]
