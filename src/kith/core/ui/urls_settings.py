"""Addresses of the settings."""

from django.urls import path

from . import settings_page

urlpatterns = [path("settings/", settings_page.index, name="settings")]
