"""The address of exports."""

from django.urls import path

from kith.core.ui import export_views

urlpatterns = [
    path("exports/<uuid:key>", export_views.stored, name="stored-export"),
    path("<slug:slug>/export", export_views.export, name="export"),
]
