"""Addresses of the import wizard."""

from django.urls import path

from kith.core.ui import import_columns, import_views

urlpatterns = [
    path("<slug:slug>/import", import_views.start, name="import"),
    path("<slug:slug>/import/fields", import_columns.fields),
    path("<slug:slug>/import/<uuid:key>/", import_views.show, name="import-run"),
    path("<slug:slug>/import/<uuid:key>/progress", import_views.progress),
    path("<slug:slug>/import/<uuid:key>/rejected.csv", import_views.rejected),
    path("<slug:slug>/import/<uuid:key>/column/<int:at>", import_columns.place),
    path("<slug:slug>/import/<uuid:key>/column/<int:at>/options", import_columns.options),
    path("<slug:slug>/import/<uuid:key>/column/<int:at>/also", import_columns.also),
    path("<slug:slug>/import/<uuid:key>/keep", import_columns.keep_rest),
    path("<slug:slug>/import/<uuid:key>/constant", import_columns.constant),
    *(path(f"<slug:slug>/import/<uuid:key>/{what}", import_views.act, {"what": what}) for what in import_views.ACTS),
]
