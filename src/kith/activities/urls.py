"""Addresses of notes, tasks and files about a record."""

from django.urls import path

from . import api, home, views

ONE = "<slug:slug>/<uuid:key>/"

urlpatterns = [
    path("tasks/mine", home.card, name="my_tasks"),
    path("tasks/today", home.agenda_card, name="my_agenda"),
    path("api/v1/notes/<uuid:key>/reactions", api.reactions),
    path("notes/<uuid:key>/react", views.react, name="react"),
    path("notes/<uuid:key>/pin", views.pin, name="pin"),
    path("tasks/<uuid:key>/toggle", views.toggle, name="toggle"),
    path(ONE + "notes", views.write_note, name="write_note"),
    path(ONE + "tasks", views.write_task, name="write_task"),
    path(ONE + "files", views.add_files, name="add_files"),
]
