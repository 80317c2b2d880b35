"""Addresses of the editor of custom objects."""

from django.urls import path

from .ui import editor

urlpatterns = [
    path("custom-objects/new", editor.new),
    path("settings/objects/new", editor.new, name="object-new"),
    path("settings/objects/links", editor.links, name="object-links"),
    path("settings/objects/<str:key>/edit", editor.edit, name="object-edit"),
]
