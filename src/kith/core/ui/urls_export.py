"""The address of exports."""

from django.urls import path

from kith.core.ui import export_views

urlpatterns = [path("<slug:slug>/export", export_views.export, name="export")]
