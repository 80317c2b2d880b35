"""Addresses of parties that no entity brings: possible duplicates, and whose contact point something is."""

from django.urls import path

from . import api, lookup
from .ui import duplicates

API = "api/v1/"

urlpatterns = [
    path("duplicates", duplicates.queue, name="duplicates"),
    path("duplicates/decide", duplicates.decide),
    path("duplicates/look", duplicates.look),
    path("<slug:slug>/<uuid:key>/duplicates", duplicates.beside),
    path(API + "parties/resolve", lookup.resolve),
    path(API + "<slug:slug>/duplicates", api.queue),
    path(API + "<slug:slug>/duplicates/decide", api.decide),
    path(API + "<slug:slug>/<uuid:key>/duplicates", api.of_one),
]
