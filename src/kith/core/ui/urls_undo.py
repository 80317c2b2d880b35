"""Addresses of undo, trash, running bulk jobs and the chooser of any record."""

from django.urls import path

from kith.core.ui import list_bulk, lists, trash_ui, undo_ui

urlpatterns = [
    path("undo/together", undo_ui.together, name="undo_together"),
    path("undo/<uuid:key>", undo_ui.change_set, name="undo"),
    path("redo/<uuid:key>", undo_ui.again, name="redo"),
    path("bulk/<uuid:key>", list_bulk.follow),
    path("lookup", lists.lookup_anything),
    path("trash", trash_ui.show, name="trash"),
    path("trash/<slug:slug>/restore", trash_ui.restore),
    path("trash/<slug:slug>/erase", trash_ui.erase),
]
