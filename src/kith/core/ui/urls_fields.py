"""Address of one field of a record."""

from django.urls import path

from kith.core.ui import fields_ui

urlpatterns = [path("<slug:slug>/<uuid:key>/field/<slug:name>", fields_ui.field, name="field")]
